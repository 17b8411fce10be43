// Samples to the bytes of a file: NumPy, CSV, JSON, PNG, WAV or safetensors, by the ending of the name.

import { writeSafetensors } from 'isthmus';
import { pictureSheet } from '../../jobs/picture-sheet.ts';
import { Failure, UsageError } from '../errors.ts';
import { writeCsv } from '../formats/csv.ts';
import { writeNpy } from '../formats/npy.ts';
import { writePng } from '../formats/png.ts';
import { writeWav } from '../formats/wav.ts';
import { isSpecial } from '../output.ts';

/** Endings of names of files of samples. */
const endings = ['.npy', '.csv', '.json', '.png', '.wav', '.safetensors'] as const;
type Ending = (typeof endings)[number];

/** Samples or codes. */
export interface WrittenSamples {
  /** Samples end to end. */
  readonly data: Float32Array;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  /** Windows of a series follow each other: they are written as one series. */
  readonly isSeries: boolean;
  readonly columns?: readonly string[] | undefined;
  /** Frames a second. */
  readonly rate?: number | undefined;
  /** Name of the tensor in safetensors, and of columns without names. */
  readonly name: string;
}

/** The ending of a name of a file of samples; `fallback` for a pipe. Errors: UsageError for another ending. */
export function samplesEnding(path: string, fallback: Ending): Ending {
  if (path === '-' || isSpecial(path)) return fallback;
  const ending = endings.find((candidate) => path.toLowerCase().endsWith(candidate));
  if (ending) return ending;
  throw new UsageError(`the output "${path}" expected a name that ends with ${endings.join(', ')}`);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Nested lists of the shape. */
function nested(data: Float32Array, shape: readonly number[]): unknown {
  const [, ...rest] = shape;
  if (rest.length === 0) return Array.from(data, (value) => Number(value.toPrecision(9)));
  const size = sizeOf(rest);
  return Array.from({ length: shape[0]! }, (_, i) => nested(data.subarray(i * size, (i + 1) * size), rest));
}

/** Height, width and channels of a sample as a picture; a square of a vector. */
function pictureShape(shape: readonly number[]): readonly [number, number, 1 | 3] | undefined {
  const size = sizeOf(shape);
  const edgeLength = Math.sqrt(size);
  const [height, width, channels = 1] = shape;
  if (height !== undefined && width !== undefined && (channels === 1 || channels === 3))
    return [height, width, channels];
  return shape.length === 1 && Number.isInteger(edgeLength) && edgeLength > 1 ? [edgeLength, edgeLength, 1] : undefined;
}

/** The bytes of the file. Errors: Failure for samples that the format cannot hold. */
export function samplesBytes(ending: Ending, samples: WrittenSamples): Uint8Array | string {
  const { data, isSeries, columns, rate, name } = samples;
  const count = data.length / sizeOf(samples.shape);
  const channels = samples.shape.at(-1)!;
  // A series has one row for each point.
  const shape = isSeries ? [count * samples.shape[0]!, channels] : [count, ...samples.shape];
  switch (ending) {
    case '.npy':
      return writeNpy(data, shape);
    case '.safetensors':
      return writeSafetensors({ [name]: { shape, data } });
    case '.json':
      return `${JSON.stringify(nested(data, shape))}\n`;
    case '.csv': {
      const width = sizeOf(shape.slice(1));
      const names = columns?.length === width ? columns : Array.from({ length: width }, (_, i) => `${name} ${i + 1}`);
      return writeCsv(names, data);
    }
    case '.png': {
      const picture = pictureShape(samples.shape);
      if (!picture) throw new Failure(`samples of ${samples.shape.join(' x ')} are no pictures: write .npy or .csv`);
      const [height, width, depth] = picture;
      return writePng(pictureSheet(data, { height, width, channels: depth }));
    }
    case '.wav':
      if (!isSeries) throw new Failure('the samples are no sound: write .npy or .csv');
      if (rate === undefined)
        throw new Failure('the file of the model has no rate of the sound: use --rate, such as --rate 16000');
      return writeWav({ rate, channels, sampleType: '16', data });
  }
}
