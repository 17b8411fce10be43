// A detector's file is a model's file with more tensors, `detector.…`, and the rate asked for in its metadata.

import { FormatError } from '../core/errors.ts';
import { type Check, integers, notNegative, positive, share } from '../core/validate.ts';
import { sizeOf } from '../engine/layer-definition.ts';
import { decodeTensor, encodeTensor } from '../files/dtype.ts';
import { buildWhole, describe, fileOf, json, type LoadOptions } from '../files/model.ts';
import type { ModelSource } from '../files/read-source.ts';
import { writeSafetensors } from '../files/safetensors.ts';
import type { Model } from '../model/model.ts';
import { MOST_DIRECTIONS, type Standard } from './normal-statistics.ts';

const FORMAT = 'isthmus-detector';

/** What is in a detector's file for `directions` directions of `size` values: shapes, and what values must be beside finite. */
const parts = (size: number, directions: number): Record<string, [shape: number[], check?: Check<number>]> => ({
  location: [[size]],
  scale: [[size], positive],
  center: [[size]],
  directions: [[directions, size]],
  variances: [[directions], notNegative],
  remainder: [[1], notNegative],
  threshold: [[1], notNegative],
});

/** All that makes a detector. */
export interface Contents {
  readonly model: Model;
  readonly standard: Standard;
  readonly threshold: number;
  readonly falsePositiveRate: number;
}

/** The file of a detector. */
export function detectorFile({ model, standard, threshold, falsePositiveRate }: Contents): Uint8Array<ArrayBuffer> {
  const values: Record<string, Float32Array> = { ...standard, threshold: Float32Array.of(threshold) };
  const directions = standard.variances.length;
  const own = Object.entries(parts(sizeOf(model.inputShape), directions)).map(
    ([name, [shape]]) => [`detector.${name}`, { data: values[name]!, shape }] as const,
  );
  const tensors = [...Object.entries(model.weights), ...own].flatMap(([name, { data, shape }]) =>
    encodeTensor(name, data, shape, 'float32'),
  );
  const detector = JSON.stringify({ falsePositiveRate, directions });
  return writeSafetensors(new Map(tensors), { ...describe(model, FORMAT), detector });
}

/** What a detector's file holds. Errors: as `loadDetector`. */
export async function readDetector(source: ModelSource, options: LoadOptions): Promise<Contents> {
  const file = await fileOf(source, options);
  const { tensors, metadata } = file;
  const model = await buildWhole(file, FORMAT);
  const { falsePositiveRate, directions } = (json(metadata, 'detector') ?? {}) as Record<string, unknown>;
  const own = <T>(name: string, value: unknown, check: Check<T>): T => {
    try {
      return check(`detector.${name}`, value);
    } catch (error) {
      throw new FormatError('corrupt', (error as Error).message);
    }
  };
  const rate = own('falsePositiveRate', falsePositiveRate, share);
  const count = own('directions', directions, integers(0, MOST_DIRECTIONS));
  const found = Object.entries(parts(sizeOf(model.inputShape), count)).map(([name, [shape, check]]) => {
    const values = decodeTensor(tensors, `detector.${name}`, shape);
    if (check) for (const value of values) own(name, value, check);
    return [name, values];
  });
  const { threshold, ...standard } = Object.fromEntries(found);
  return { model, standard, threshold: threshold[0], falsePositiveRate: rate };
}
