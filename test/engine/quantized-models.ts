// Models of quantized layers with random weights, samples, and a comparison of bits.
import assert from 'node:assert/strict';
import type { Layer, Model } from '../../src/index.ts';
import { createModel, planModel } from '../../src/model/autoencoder.ts';
import { symmetricFromSeed } from '../../tools/linear-congruential.ts';

/** A model of quantized layers, without a decoder, with random weights. */
export async function modelOf(input: readonly number[], encoder: readonly Layer[], seed: number): Promise<Model> {
  const model = await createModel(planModel({ input, encoder }, { seed: 1 }, false));
  const random = symmetricFromSeed(seed);
  const weights = Object.entries(model.weights).map(([path, { shape, data }]) => {
    const values = data.map(() => {
      if (path.endsWith('.kernel')) return Math.round(random() * 127);
      return path.endsWith('.scale') ? Math.abs(random()) / 100 + 1e-4 : random() / 2;
    });
    if (path.endsWith('.input')) values.set([0.01 + Math.abs(random()) / 50, -Math.round(Math.abs(random()) * 200)]);
    return [path, { shape, data: values }] as const;
  });
  model.setWeights(Object.fromEntries(weights));
  return model;
}

export const samplesOf = (count: number, seed: number): Float32Array<ArrayBuffer> => {
  const random = symmetricFromSeed(seed);
  return Float32Array.from({ length: count }, () => random() * 2);
};

/** Compares with bits, so that -0 and 0 differ. */
export function assertBits(got: Float32Array, expected: readonly number[], name: string): void {
  assert.equal(got.length, expected.length, name);
  const bits = (values: Float32Array) => new Uint32Array(values.slice().buffer);
  const [a, b] = [bits(got), bits(Float32Array.from(expected))];
  const at = a.findIndex((value, i) => value !== b[i]);
  assert.equal(at, -1, `${name}: value ${at} is ${got[at]}, expected ${expected[at]}`);
}
