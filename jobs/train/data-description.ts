// Which data a model was trained on, in the metadata of its file, so that later data is read in the same way.

import { type Model, readSafetensors, type TensorInput, writeSafetensors } from 'isthmus';
import type { ModelSamples, SampleOptions } from '../samples.ts';
import type { TrainSettings } from './settings.ts';

/** Describes the samples of a model, and how it was trained: plain data. */
export interface DataDescription {
  readonly kind: ModelSamples['kind'];
  /** `bytes`: the samples are pixels, read as value / 255. */
  readonly values: 'bytes' | 'floats';
  /** Names of the columns of a table. */
  readonly columns?: readonly string[];
  /** Frames a second of a recording. */
  readonly rate?: number;
  /** Points between two windows in training. */
  readonly stride?: number;
  /** A number that stands for a missing value. */
  readonly missing?: number;
  /** The settings of the training. */
  readonly settings?: TrainSettings;
}

/** The key in the metadata. */
const KEY = 'data';

/** The description of samples. */
export const describeSamples = (
  { kind, columns, rate, x }: ModelSamples,
  { missing, stride }: SampleOptions,
  settings: TrainSettings,
): DataDescription => ({
  kind,
  values: x instanceof Uint8Array ? 'bytes' : 'floats',
  ...(columns && { columns }),
  ...(rate !== undefined && { rate }),
  ...(stride !== undefined && { stride }),
  ...(missing !== undefined && { missing }),
  settings,
});

/** The file of a model or of a checkpoint with a description of its data. Readers of models ignore the description. */
export function withDescription(bytes: Uint8Array<ArrayBuffer>, description: DataDescription): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = readSafetensors(bytes);
  const copies: Record<string, TensorInput> = tensors;
  return writeSafetensors(copies, { ...metadata, [KEY]: JSON.stringify(description) });
}

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** The description in the metadata of a file; undefined without one, or with one that cannot be read. */
export function descriptionIn(bytes: Uint8Array): DataDescription | undefined {
  const text = readSafetensors(bytes).metadata[KEY];
  if (text === undefined) return undefined;
  let parsed: Partial<Record<keyof DataDescription, unknown>>;
  try {
    parsed = JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
  const { kind, columns, rate, values, missing, stride, settings } = parsed;
  if (kind !== 'rows' && kind !== 'pictures' && kind !== 'windows') return undefined;
  return {
    kind,
    values: values === 'bytes' ? 'bytes' : 'floats',
    ...(isTextList(columns) && { columns }),
    ...(typeof rate === 'number' && { rate }),
    ...(typeof stride === 'number' && { stride }),
    ...(typeof missing === 'number' && { missing }),
    ...(typeof settings === 'object' && settings !== null && { settings: settings as TrainSettings }),
  };
}

/**
 * How to make samples of data for a model: windows, pictures and columns as in its training. `chosen` comes first. `overlap`:
 * whether windows overlap as in training; else they follow each other.
 */
export function sampleOptionsFor(
  model: Model,
  description: DataDescription | undefined,
  chosen: SampleOptions,
  overlap: boolean,
): SampleOptions {
  const shape = model.inputShape;
  const isPicture = shape.length === 3;
  const isWindow = shape.length === 2 && description?.kind !== 'pictures';
  return {
    columns: chosen.columns ?? description?.columns,
    missing: chosen.missing ?? description?.missing,
    window: chosen.window ?? (isWindow ? shape[0]! : undefined),
    stride: chosen.stride ?? (overlap ? description?.stride : undefined),
    size: chosen.size ?? (isPicture ? [shape[1]!, shape[0]!] : undefined),
    channels: shape[2] === 1 || shape[2] === 3 ? shape[2] : undefined,
    shape: chosen.shape ?? shape,
  };
}
