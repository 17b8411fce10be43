// A detector's file is a model's file with more tensors, `detector.…`, and the rate asked for in its metadata.

import { FormatError } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import { type Check, integerWithin, nonNegative, openUnitInterval, positive } from '../core/validate.ts';
import { decodeTensor, encodeTensor } from '../files/dtype.ts';
import { buildDecodingModel, type LoadOptions, modelMetadata, openFile, parseMetadata } from '../files/model.ts';
import type { ModelSource } from '../files/read-source.ts';
import { writeSafetensors } from '../files/safetensors.ts';
import type { Model } from '../model/model.ts';
import { MAX_DIRECTIONS, type NormalStatistics } from './normal-statistics.ts';

const FORMAT = 'isthmus-detector';

/** What is in a detector's file for `directions` directions of `size` values: shapes, and what values must be beside finite. */
const parts = (size: number, directions: number): Record<string, [shape: number[], check?: Check<number>]> => ({
  location: [[size]],
  scale: [[size], positive],
  center: [[size]],
  directions: [[directions, size]],
  variances: [[directions], nonNegative],
  remainder: [[1], nonNegative],
  threshold: [[1], nonNegative],
});

/** All that makes a detector. */
export interface DetectorFile {
  readonly model: Model;
  readonly statistics: NormalStatistics;
  readonly threshold: number;
  readonly falsePositiveRate: number;
}

/** The file of a detector. */
export function writeDetectorFile({
  model,
  statistics,
  threshold,
  falsePositiveRate,
}: DetectorFile): Uint8Array<ArrayBuffer> {
  const values: Record<string, Float32Array> = { ...statistics, threshold: Float32Array.of(threshold) };
  const directions = statistics.variances.length;
  const own = Object.entries(parts(sizeOf(model.inputShape), directions)).map(
    ([name, [shape]]) => [`detector.${name}`, { data: values[name]!, shape }] as const,
  );
  const tensors = [...Object.entries(model.weights), ...own].flatMap(([name, { data, shape }]) =>
    encodeTensor(name, data, shape, 'float32'),
  );
  const detector = JSON.stringify({ falsePositiveRate, directions });
  return writeSafetensors(new Map(tensors), { ...modelMetadata(model, FORMAT), detector });
}

/** What a detector's file holds. Errors: as `loadDetector`. */
export async function readDetectorFile(source: ModelSource, options: LoadOptions): Promise<DetectorFile> {
  const file = await openFile(source, options);
  const { tensors, metadata } = file;
  const model = await buildDecodingModel(file, FORMAT);
  const { falsePositiveRate, directions } = (parseMetadata(metadata, 'detector') ?? {}) as Record<string, unknown>;
  const own = <T>(name: string, value: unknown, check: Check<T>): T => {
    try {
      return check(`detector.${name}`, value);
    } catch (error) {
      throw new FormatError('corrupt', (error as Error).message);
    }
  };
  const rate = own('falsePositiveRate', falsePositiveRate, openUnitInterval);
  const count = own('directions', directions, integerWithin(0, MAX_DIRECTIONS));
  const found = Object.entries(parts(sizeOf(model.inputShape), count)).map(([name, [shape, check]]) => {
    const values = decodeTensor(tensors, `detector.${name}`, shape);
    if (check) for (const value of values) own(name, value, check);
    return [name, values];
  });
  const { threshold, ...statistics } = Object.fromEntries(found);
  return { model, statistics, threshold: threshold[0], falsePositiveRate: rate };
}
