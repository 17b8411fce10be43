// A codec's own copy of a model, its weights rounded as the codec's file has them.

import { type Steps, within } from '../core/progress.ts';
import type { Samples } from '../core/types.ts';
import { Rows, valuesOf } from '../data/sample-batch.ts';
import type { Engine } from '../engine/engine.ts';
import type { SaveType } from '../files/dtype.ts';
import { describe, filled, weightTensors } from '../files/model.ts';
import { type Tensor, writeSafetensors } from '../files/safetensors.ts';
import { draft } from '../model/autoencoder.ts';
import { engineOf, type Model } from '../model/model.ts';
import type { Source } from '../wasm/modules.ts';
import { evenly, floatsOf } from './values.ts';

/** How much larger than the model's own the squared error may be with rounded weights. */
const MOST = 1.01;
/** Samples that the error is measured on, evenly among all. */
const MEASURED = 1024;

/** Makes zeros positive: which a sum begins from then never shows, however a product is done (see `gemmSparse`). */
export function clearSigns({ memory, network }: Engine): void {
  const weights = memory.floats.subarray(memory.parameters / 4, (memory.parameters + network.bytes) / 4);
  weights.forEach((value, i) => {
    if (value === 0) weights[i] = 0;
  });
}

/** A model, and its weights as they are in a file. */
export interface Copy {
  readonly copy: Model;
  readonly tensors: Map<string, Tensor>;
}

/** The model with its weights as tensors of a type, and those tensors. */
export async function copyOf(model: Model, dtype: SaveType, others: readonly Source[]): Promise<Copy> {
  // What runs: no head, and nothing of training.
  const { input, encoder, latent, decoder } = model.spec;
  const spec = { input, encoder, ...(latent && { latent }), decoder: decoder! };
  const plan = draft(spec, { seed: model.seed, engine: model[engineOf].supply.engine });
  const tensors = weightTensors(model, dtype, /^head\./);
  const copy = await filled(plan, tensors, others);
  clearSigns(copy[engineOf]);
  return { copy, tensors };
}

/** Mean squared error of the reconstructions of some samples, with codes in whole steps where there is a step. */
function* errorOf(model: Model, x: Rows, step: number): Steps<number> {
  let sum = 0;
  let count = 0;
  for (const [i, index] of evenly(x.count, MEASURED).entries()) {
    const row = floatsOf(valuesOf(x, index, 1));
    if (!row.every(Number.isFinite)) continue;
    const z = model.encode(row);
    // Of values near the end of float32.
    if (!z.every(Number.isFinite)) continue;
    const y = model.decode(step ? z.map((value) => step * Math.round(value / step)) : z);
    for (let j = 0; j < x.size; j++) sum += (y[j]! - row[j]!) ** 2;
    count += x.size;
    if (i % 16 === 15) yield i / MEASURED;
  }
  return count ? sum / count : 0;
}

/**
 * The copy with the smallest type of weights that reconstructs the samples about as well as the model. Where its file would
 * take half of what the samples take, or more, the smallest type with at most twice the error. `step`: of the codes that
 * the error is measured with, or 0.
 */
export async function* smallestCopy(
  model: Model,
  samples: Samples,
  step: number,
  others: readonly Source[],
): AsyncGenerator<number, Copy, undefined> {
  const x = new Rows('calibrationSamples', samples, model.inputShape, true);
  const room = (x.count * x.size * (x.pixels ? 1 : 4)) / 2;
  const own = yield* within(errorOf(model, x, step), 0, 0.1);
  const { memory, network } = model[engineOf];
  const fits = network.weights.every(
    ({ exact, offset, size }) =>
      exact || memory.read(memory.parameters + offset, size).every((value) => Math.abs(value) <= 65504),
  );
  let small: Copy | undefined;
  for (const dtype of ['int8', ...(fits ? ['float16' as const] : [])] as const) {
    const made = await copyOf(model, dtype, others);
    const error = yield* within(errorOf(made.copy, x, step), dtype === 'int8' ? 0.1 : 0.2, 0.4);
    if (error <= own * MOST) return small && sizeIn(made) > room ? small : made;
    if (error <= 2 * own) small ??= made;
  }
  const made = await copyOf(model, 'float32', others);
  return small && sizeIn(made) > room ? small : made;
}

/** Bytes of a file with the copy. */
const sizeIn = ({ copy, tensors }: Copy): number => writeSafetensors(tensors, describe(copy, '')).length;
