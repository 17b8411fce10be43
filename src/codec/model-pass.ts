// Many samples through the encoder or the decoder of a model, a turn of the event loop at a time.

import type { Steps } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { engineSymbol, type Model } from '../model/model.ts';

/** Floating-point operations between two turns: some 20 ms. */
const MAX_OPERATIONS = 5e8;

/** `model.encode` or `model.decode` of samples end to end: the bits do not depend on how many pass at once. */
export function* runModel(
  model: Model,
  way: 'encode' | 'decode',
  values: Float32Array | Uint8Array,
): Steps<Float32Array<ArrayBuffer>> {
  const sizes = [sizeOf(model.inputShape), sizeOf(model.latentShape)];
  const [size, width] = (way === 'encode' ? sizes : sizes.reverse()) as [number, number];
  const rows = values.length / size;
  const each = Math.max(1, Math.floor(MAX_OPERATIONS / (2 * multiplicationsPerSample(model[engineSymbol].network))));
  if (rows <= each) return model[way](values);
  const out = new Float32Array(rows * width);
  for (let first = 0; first < rows; first += each) {
    out.set(model[way](values.subarray(first * size, (first + each) * size)), first * width);
    yield Math.min(rows, first + each) / rows;
  }
  return out;
}
