// Data to train on.
import { splitSamples } from '../../../../jobs/train/split.ts';
import { type Form, samplesOf } from '../training/model.ts';

export interface Dataset {
  /** The data in the words of the page, such as `2,000 digits`. */
  readonly title: string;
  readonly form: Form;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  /** Samples end to end. Bytes are pixels. */
  readonly values: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** The class of each sample; colours the map. */
  readonly labels?: Uint8Array<ArrayBuffer>;
  /** Samples at the beginning that the page always shows, such as the digits that the user has drawn. */
  readonly shown?: number;
  /** Names of the values of a row. */
  readonly columns?: readonly string[];
}

export const sampleSize = ({ shape }: Pick<Dataset, 'shape'>): number =>
  shape.reduce((product, length) => product * length, 1);

/** Samples that the page shows in pairs of input and reconstruction. */
export const EXAMPLES = 12;

/** A data set in two parts. Training never sees `validation`. */
export interface Parts {
  readonly training: Dataset['values'];
  readonly validation: Dataset['values'] | undefined;
  /** The samples to show: those of the user first, then those that training does not see. */
  readonly examples: Dataset['values'];
}

/** Splits a data set as the command line does: one sample of `1 / share` is for validation. */
export function partsOf(dataset: Dataset, share: number): Parts {
  const size = sampleSize(dataset);
  const { train, validation } = splitSamples(samplesOf(dataset), share);
  const { values, shown = 0 } = dataset;
  const userCount = Math.min(shown, EXAMPLES);
  const others = (validation?.x ?? values).subarray(0, (EXAMPLES - userCount) * size);
  const length = userCount * size + others.length;
  const examples = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  examples.set(values.subarray(0, userCount * size));
  examples.set(others, userCount * size);
  return {
    training: train.x as Dataset['values'],
    validation: validation && (validation.x as Dataset['values']),
    examples,
  };
}
