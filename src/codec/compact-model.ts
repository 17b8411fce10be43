// A codec's own copy of a model, its weights rounded as the codec's file has them.

import { type Steps, scaleProgress } from '../core/progress.ts';
import type { Samples } from '../core/types.ts';
import { SampleBatch, sampleValues } from '../data/sample-batch.ts';
import type { Engine } from '../engine/engine.ts';
import type { SaveType } from '../files/dtype.ts';
import { createWithWeights, modelMetadata, weightTensors } from '../files/model.ts';
import { type Tensor, writeSafetensors } from '../files/safetensors.ts';
import { planModel } from '../model/autoencoder.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { Source } from '../wasm/modules.ts';
import { evenlySpaced, toFloats } from './values.ts';

/** How much larger than the model's own the squared error may be with rounded weights. */
const MAX_ERROR_RATIO = 1.01;
/** Samples that the error is measured on, evenly among all. */
const MEASURED_SAMPLES = 1024;

/** Makes zeros positive: which a sum begins from then never shows, however a product is done (see `gemmSparse`). */
export function clearNegativeZeros({ memory, network }: Engine): void {
  const weights = memory.floats.subarray(memory.parameters / 4, (memory.parameters + network.weightBytes) / 4);
  weights.forEach((value, i) => {
    if (value === 0) weights[i] = 0;
  });
}

/** A model, and its weights as they are in a file. */
export interface ModelCopy {
  readonly model: Model;
  readonly tensors: Map<string, Tensor>;
}

/** The model with its weights as tensors of a type, and those tensors. */
export async function copyModel(model: Model, dtype: SaveType, others: readonly Source[]): Promise<ModelCopy> {
  // What runs: no head, and nothing of training.
  const { input, encoder, latent, decoder } = model.spec;
  const spec = { input, encoder, ...(latent && { latent }), decoder: decoder! };
  const plan = planModel(spec, { seed: model.seed, engine: model[engineSymbol].provider.factory });
  const tensors = weightTensors(model, dtype, /^head\./);
  const copy = await createWithWeights(plan, tensors, others);
  clearNegativeZeros(copy[engineSymbol]);
  return { model: copy, tensors };
}

/** Mean squared error of the reconstructions of some samples, with codes in whole steps where there is a step. */
function* reconstructionError(model: Model, x: SampleBatch, step: number): Steps<number> {
  let sum = 0;
  let count = 0;
  for (const [i, index] of evenlySpaced(x.count, MEASURED_SAMPLES).entries()) {
    const row = toFloats(sampleValues(x, index, 1));
    if (!row.every(Number.isFinite)) continue;
    const z = model.encode(row);
    // Of values near the end of float32.
    if (!z.every(Number.isFinite)) continue;
    const y = model.decode(step ? z.map((value) => step * Math.round(value / step)) : z);
    for (let j = 0; j < x.size; j++) sum += (y[j]! - row[j]!) ** 2;
    count += x.size;
    if (i % 16 === 15) yield i / MEASURED_SAMPLES;
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
): AsyncGenerator<number, ModelCopy, undefined> {
  const x = new SampleBatch('calibrationSamples', samples, model.inputShape, true);
  const sizeLimit = (x.count * x.size * (x.pixels ? 1 : 4)) / 2;
  const originalError = yield* scaleProgress(reconstructionError(model, x, step), 0, 0.1);
  const { memory, network } = model[engineSymbol];
  const fits = network.weights.every(
    ({ exact, offset, size }) =>
      exact || memory.read(memory.parameters + offset, size).every((value) => Math.abs(value) <= 65504),
  );
  let small: ModelCopy | undefined;
  for (const dtype of ['int8', ...(fits ? ['float16' as const] : [])] as const) {
    const made = await copyModel(model, dtype, others);
    const error = yield* scaleProgress(reconstructionError(made.model, x, step), dtype === 'int8' ? 0.1 : 0.2, 0.4);
    if (error <= originalError * MAX_ERROR_RATIO) return small && fileSize(made) > sizeLimit ? small : made;
    if (error <= 2 * originalError) small ??= made;
  }
  const made = await copyModel(model, 'float32', others);
  return small && fileSize(made) > sizeLimit ? small : made;
}

/** Bytes of a file with the copy. */
const fileSize = ({ model, tensors }: ModelCopy): number => writeSafetensors(tensors, modelMetadata(model, '')).length;
