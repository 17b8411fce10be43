// The file of a detector: a model file with a tensor for each statistic, `detector.…`, and metadata `detector`.

import { FormatError } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import { type Check, integerWithin, nonNegative, openUnitInterval, positive } from '../core/validate.ts';
import { decodeTensor, encodeTensor } from '../files/dtype.ts';
import {
  buildDecodingModel,
  type LoadOptions,
  modelMetadata,
  openFile,
  parseMetadata,
  weightTensors,
} from '../files/model.ts';
import type { ModelSource } from '../files/read-source.ts';
import { serializeTensors } from '../files/safetensors.ts';
import type { Model } from '../model/model.ts';
import { MAX_DIRECTIONS, type NormalStatistics } from './normal-statistics.ts';

const FORMAT = 'isthmus-detector';

/** All that defines a detector. */
export interface DetectorFile {
  readonly model: Model;
  readonly statistics: NormalStatistics;
  readonly threshold: number;
  readonly falsePositiveRate: number;
}

interface TensorSpec {
  readonly shape: number[];
  /** A check of each value, besides being finite. */
  readonly check?: Check<number>;
}

/** The tensors of a detector of `size` features with `count` directions, by name. */
const tensorSpecs = (size: number, count: number): Record<keyof NormalStatistics | 'threshold', TensorSpec> => ({
  location: { shape: [size] },
  scale: { shape: [size], check: positive },
  center: { shape: [size] },
  directions: { shape: [count, size] },
  variances: { shape: [count], check: nonNegative },
  remainder: { shape: [1], check: nonNegative },
  threshold: { shape: [1], check: nonNegative },
});

/** The bytes of a detector's file. */
export function writeDetectorFile(detector: DetectorFile): Uint8Array<ArrayBuffer> {
  const { model, statistics, threshold, falsePositiveRate } = detector;
  const values: Record<string, Float32Array> = { ...statistics, threshold: Float32Array.of(threshold) };
  const directions = statistics.variances.length;
  const statisticTensors = Object.entries(tensorSpecs(sizeOf(model.inputShape), directions)).map(
    ([name, { shape }]) => [`detector.${name}`, { data: values[name]!, shape }] as const,
  );
  const tensors = statisticTensors.flatMap(([name, { data, shape }]) => encodeTensor(name, data, shape, 'float32'));
  const metadata = JSON.stringify({ falsePositiveRate, directions });
  return serializeTensors(new Map([...weightTensors(model, 'float32'), ...tensors]), {
    ...modelMetadata(model, FORMAT),
    detector: metadata,
  });
}

/** Checks a value of a file. Errors: FormatError with the code `corrupt`. */
function checkValue<T>(name: string, value: unknown, check: Check<T>): T {
  try {
    return check(`detector.${name}`, value);
  } catch (error) {
    throw new FormatError('corrupt', (error as Error).message);
  }
}

/** Reads a detector's file. Errors: as `loadDetector`. */
export async function readDetectorFile(source: ModelSource, options: LoadOptions): Promise<DetectorFile> {
  const file = await openFile(source, options);
  const { tensors, metadata } = file;
  const model = await buildDecodingModel(file, FORMAT);
  const { falsePositiveRate, directions } = (parseMetadata(metadata, 'detector') ?? {}) as Record<string, unknown>;
  const rate = checkValue('falsePositiveRate', falsePositiveRate, openUnitInterval);
  const count = checkValue('directions', directions, integerWithin(0, MAX_DIRECTIONS));
  const entries = Object.entries(tensorSpecs(sizeOf(model.inputShape), count)).map(([name, { shape, check }]) => {
    const values = decodeTensor(tensors, `detector.${name}`, shape);
    if (check) for (const value of values) checkValue(name, value, check);
    return [name, values];
  });
  const { threshold, ...statistics } = Object.fromEntries(entries);
  return { model, statistics, threshold: threshold[0], falsePositiveRate: rate };
}
