// A detector's file is a model's file with more tensors, `detector.…`, and the rate asked for in its metadata.

import { FormatError } from '../errors.ts';
import { sizeOf } from '../layers/layer.ts';
import type { Model } from '../model.ts';
import { decodeTensor, encodeTensor } from '../save/dtype.ts';
import { build, bytesOf, describe, json, type LoadOptions, type ModelSource } from '../save/model.ts';
import { readSafetensors, writeSafetensors } from '../save/safetensors.ts';
import { MOST_DIRECTIONS, type Standard } from './standard.ts';

const FORMAT = 'isthmus-detector';

/** What is in a detector's file for `directions` directions of `size` values: shapes by name. */
const shapes = (size: number, directions: number) =>
  ({
    location: [size],
    scale: [size],
    center: [size],
    directions: [directions, size],
    variances: [directions],
    remainder: [1],
    threshold: [1],
  }) as const;

/** All that makes a detector. */
export interface Contents {
  readonly model: Model;
  readonly standard: Standard;
  readonly threshold: number;
  readonly falsePositiveRate: number;
}

/** The file of a detector. */
export function detectorFile({ model, standard, threshold, falsePositiveRate }: Contents): Uint8Array<ArrayBuffer> {
  const values = { ...standard, threshold: Float32Array.of(threshold) };
  const directions = standard.variances.length;
  const own = Object.entries(shapes(sizeOf(model.inputShape), directions)).flatMap(([name, shape]) =>
    encodeTensor(`detector.${name}`, values[name as keyof typeof values], shape, 'float32'),
  );
  const weights = Object.entries(model.weights).flatMap(([name, { data, shape }]) =>
    encodeTensor(name, data, shape, 'float32'),
  );
  const detector = JSON.stringify({ falsePositiveRate, directions });
  return writeSafetensors(new Map([...weights, ...own]), { ...describe(model, FORMAT), detector });
}

const corrupt = (name: string, expected: string, got: unknown): FormatError =>
  new FormatError('corrupt', `"${name}" expected ${expected}, got ${got}`);

/** What a detector's file holds. Errors: as `loadDetector`. */
export async function readDetector(source: ModelSource, options: LoadOptions): Promise<Contents> {
  const { tensors, metadata } = readSafetensors(await bytesOf(source));
  const model = await build(metadata, tensors, FORMAT, options);
  if (!model.spec.decoder) throw new FormatError('model', '"model" expected one with a decoder, got one without');
  const { falsePositiveRate, directions } = (json(metadata, 'detector') ?? {}) as Record<string, unknown>;
  if (typeof falsePositiveRate !== 'number' || !(falsePositiveRate > 0 && falsePositiveRate < 1))
    throw corrupt('detector.falsePositiveRate', 'a number in (0, 1)', falsePositiveRate);
  if (!Number.isInteger(directions) || !((directions as number) >= 0 && (directions as number) <= MOST_DIRECTIONS))
    throw corrupt('detector.directions', `integer 0..${MOST_DIRECTIONS}`, directions);
  const found = Object.entries(shapes(sizeOf(model.inputShape), directions as number)).map(([name, shape]) => {
    return [name, decodeTensor(tensors, `detector.${name}`, shape)];
  });
  const { threshold, ...standard } = Object.fromEntries(found) as Record<string, Float32Array>;
  const wrong = (name: string, holds: (value: number) => boolean, expected: string): void => {
    const bad = (name === 'threshold' ? threshold! : standard[name]!).find((value) => !holds(value));
    if (bad !== undefined) throw corrupt(`detector.${name}`, expected, bad);
  };
  wrong('scale', (value) => value > 0, 'values above 0');
  wrong('variances', (value) => value >= 0, 'values of at least 0');
  wrong('remainder', (value) => value >= 0, 'a value of at least 0');
  wrong('threshold', (value) => value >= 0, 'a value of at least 0');
  return { model, standard: standard as unknown as Standard, threshold: threshold![0]!, falsePositiveRate };
}
