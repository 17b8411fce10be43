// The encoder or the decoder of a model on many samples, in steps.

import type { Steps } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { engineSymbol, type Model } from '../model/model.ts';

/** Floating-point operations in a step: some 20 ms. */
const STEP_OPERATIONS = 5e8;

/** `model.encode` or `model.decode` of samples, end to end. The size of a step does not change the bits of the result. */
export function* runModel(
  model: Model,
  method: 'encode' | 'decode',
  values: Float32Array | Uint8Array,
): Steps<Float32Array<ArrayBuffer>> {
  const [sampleSize, codeSize] = [sizeOf(model.inputShape), sizeOf(model.latentShape)];
  const [inputSize, outputSize] = method === 'encode' ? [sampleSize, codeSize] : [codeSize, sampleSize];
  const samples = values.length / inputSize;
  const operations = 2 * multiplicationsPerSample(model[engineSymbol].network);
  const stepSamples = Math.max(1, Math.floor(STEP_OPERATIONS / operations));
  if (samples <= stepSamples) return model[method](values);
  const out = new Float32Array(samples * outputSize);
  for (let first = 0; first < samples; first += stepSamples) {
    const part = values.subarray(first * inputSize, (first + stepSamples) * inputSize);
    out.set(model[method](part), first * outputSize);
    yield Math.min(samples, first + stepSamples) / samples;
  }
  return out;
}
