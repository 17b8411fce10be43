// A codec's copy of a model, with the weights as the codec's file stores them: with 8 bits if the error allows it.

import { type Steps, scaleProgress } from '../core/progress.ts';
import type { Samples } from '../core/types.ts';
import { SampleBatch, sampleValues } from '../data/sample-batch.ts';
import type { Engine } from '../engine/engine.ts';
import type { SaveType } from '../files/dtype.ts';
import { createWithWeights, modelMetadata, weightTensors } from '../files/model.ts';
import { serializeTensors, type Tensor } from '../files/safetensors.ts';
import { planModel } from '../model/autoencoder.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { Source } from '../wasm/modules.ts';
import { toFloats } from './byte-values.ts';
import { evenlySpaced } from './limits.ts';

/** Maximum squared error with rounded weights, relative to that of the model. */
const MAX_ERROR_RATIO = 1.01;
/** Largest finite float16. */
const MAX_FLOAT16 = 65504;
/** Maximum number of samples on which the error is measured. */
const MEASURED_SAMPLES = 1024;

/**
 * Replaces weights of -0 by +0. A product of a sparse input skips terms that are zero, so with a bias of -0 its sum
 * could be -0 where a dense product has +0.
 */
export function clearNegativeZeros({ memory, network }: Engine): void {
  const weights = memory.view(memory.parameters, network.weightBytes / 4);
  weights.forEach((value, i) => {
    if (value === 0) weights[i] = 0;
  });
}

/** A model whose weights have been rounded, and the weights as a file stores them. */
export interface ModelCopy {
  readonly model: Model;
  readonly tensors: Map<string, Tensor>;
}

/** Copies a model, with weights of type `dtype`. `others`: modules of kernels that the copy needs in addition to its own. */
export async function copyModel(model: Model, dtype: SaveType, others: readonly Source[]): Promise<ModelCopy> {
  // The head and the options of training are left out.
  const { input, encoder, latent, decoder } = model.spec;
  const spec = { input, encoder, ...(latent && { latent }), decoder: decoder! };
  const plan = planModel(spec, { seed: model.seed, engine: model[engineSymbol].provider.factory });
  const tensors = weightTensors(model, dtype, /^head\./);
  const copy = await createWithWeights(plan, tensors, others);
  clearNegativeZeros(copy[engineSymbol]);
  return { model: copy, tensors };
}

/** Mean squared error of the reconstructions of some samples. `step`: codes are rounded to multiples of it, unless it is 0. */
function* reconstructionError(model: Model, x: SampleBatch, step: number): Steps<number> {
  let sum = 0;
  let count = 0;
  for (const [i, index] of evenlySpaced(x.count, MEASURED_SAMPLES).entries()) {
    const row = toFloats(sampleValues(x, index, 1));
    if (!row.every(Number.isFinite)) continue;
    const z = model.encode(row);
    // Codes overflow for values near the limit of float32.
    if (!z.every(Number.isFinite)) continue;
    const y = model.decode(step ? z.map((value) => step * Math.round(value / step)) : z);
    for (let j = 0; j < x.size; j++) sum += (y[j]! - row[j]!) ** 2;
    count += x.size;
    if (i % 16 === 15) yield i / MEASURED_SAMPLES;
  }
  return count ? sum / count : 0;
}

/**
 * The copy with the smallest type of weights whose error on the samples is about that of the model. Where its file would
 * take half as many bytes as the samples, or more: the smallest type with at most twice the error. `step`: for
 * `reconstructionError`.
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
  const fitsFloat16 = network.weights.every(
    ({ exact, offset, size }) =>
      exact || memory.read(memory.parameters + offset, size).every((value) => Math.abs(value) <= MAX_FLOAT16),
  );
  /** The smallest copy with at most twice the error. */
  let small: ModelCopy | undefined;
  const select = (copy: ModelCopy): ModelCopy => (small && fileSize(copy) > sizeLimit ? small : copy);
  const types: readonly SaveType[] = fitsFloat16 ? ['int8', 'float16'] : ['int8'];
  for (const dtype of types) {
    const copy = await copyModel(model, dtype, others);
    const error = yield* scaleProgress(reconstructionError(copy.model, x, step), dtype === 'int8' ? 0.1 : 0.2, 0.4);
    if (error <= originalError * MAX_ERROR_RATIO) return select(copy);
    if (error <= 2 * originalError) small ??= copy;
  }
  return select(await copyModel(model, 'float32', others));
}

/** Bytes of a file with the copy's weights. */
const fileSize = ({ model, tensors }: ModelCopy): number => serializeTensors(tensors, modelMetadata(model, '')).length;
