// A codec's own copy of a model, its weights rounded as the codec's file has them.

import { draft } from '../autoencoder.ts';
import type { Engine } from '../engine/engine.ts';
import { sizeOf } from '../layers/layer.ts';
import { engineOf, type Model } from '../model.ts';
import { Rows } from '../samples.ts';
import type { SaveType } from '../save/dtype.ts';
import { filled, weightTensors } from '../save/model.ts';
import type { Tensor } from '../save/safetensors.ts';
import type { Samples } from '../types.ts';
import type { Source } from '../wasm/modules.ts';
import { evenly, floatsOf } from './values.ts';

/** How much larger than the model's own the squared error may be with rounded weights. */
const MOST = 1.01;
/** Samples that the error is measured on, evenly among all. */
const MEASURED = 1024;

/** Makes zeros positive: which a sum begins from then never shows, however a product is done (see `gemmActive`). */
export function clearSigns({ memory, network }: Engine): void {
  const weights = memory.floats.subarray(memory.parameters / 4, (memory.parameters + network.bytes) / 4);
  weights.forEach((value, i) => {
    if (value === 0) weights[i] = 0;
  });
}

/** The model with its weights as tensors of a type, and those tensors. */
export async function copyOf(
  model: Model,
  dtype: SaveType,
  others: readonly Source[],
): Promise<{ copy: Model; tensors: Map<string, Tensor> }> {
  // What runs: no head, and nothing of training.
  const { input, encoder, latent, decoder } = model.spec;
  const spec = { input, encoder, ...(latent && { latent }), decoder: decoder! };
  const plan = draft(spec, { seed: model.seed, engine: model[engineOf].supply.engine });
  const tensors = weightTensors(model, dtype, /^head\./);
  const copy = await filled(plan, tensors, others);
  clearSigns(copy[engineOf]);
  return { copy, tensors };
}

/** Mean squared error of the reconstructions of some samples. */
function errorOf(model: Model, samples: Samples): number {
  const x = new Rows('calibrationSamples', samples, model.inputShape, true);
  const size = sizeOf(model.inputShape);
  let sum = 0;
  let count = 0;
  for (const index of evenly(x.count, MEASURED)) {
    const row = floatsOf(x.values(index, 1));
    if (!row.every(Number.isFinite)) continue;
    const y = model.reconstruct(row);
    for (let i = 0; i < size; i++) sum += (y[i]! - row[i]!) ** 2;
    count += size;
  }
  return count ? sum / count : 0;
}

/** The copy with the smallest type of weights that reconstructs the samples about as well as the model. */
export async function smallestCopy(
  model: Model,
  samples: Samples,
  others: readonly Source[],
): ReturnType<typeof copyOf> {
  const most = errorOf(model, samples) * MOST;
  const { memory, network } = model[engineOf];
  const fits = network.weights.every(
    ({ exact, offset, size }) =>
      exact || memory.read(memory.parameters + offset, size).every((value) => Math.abs(value) <= 65504),
  );
  for (const dtype of ['int8', ...(fits ? ['float16' as const] : [])] as const) {
    const made = await copyOf(model, dtype, others);
    if (errorOf(made.copy, samples) <= most) return made;
  }
  return copyOf(model, 'float32', others);
}
