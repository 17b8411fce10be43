// Helpers for tests that convert models to TensorFlow.js and back.
import assert from 'node:assert/strict';
import * as core from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as i from 'isthmus';
import { numbers } from '../suites/assert.ts';

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Asserts that values agree up to the rounding of float32. */
export function close(a: ArrayLike<number>, b: ArrayLike<number>, label: string): void {
  assert.equal(a.length, b.length, label);
  for (let k = 0; k < a.length; k++)
    assert.ok(Math.abs(a[k]! - b[k]!) <= 2e-5 * (1 + Math.abs(b[k]!)), `${label} at ${k}: ${a[k]} ${b[k]}`);
}

export const predict = (model: tfl.LayersModel, x: Float32Array, shape: readonly number[]): ArrayLike<number> =>
  core.tidy(() => (model.predict(core.tensor(x, [x.length / size(shape), ...shape])) as core.Tensor).dataSync());

/** A model whose weights all differ from their initial values, so that a weight that is not converted changes the output. */
export async function built(spec: i.AutoencoderSpec): Promise<i.Model> {
  const model = await i.autoencoder(spec, { seed: 4 });
  const moved = Object.entries(model.weights).map(([path, { shape, data }], k) => {
    const move = numbers(data.length, k + 2);
    return [
      path,
      { shape, data: data.map((v, j) => (/variance/i.test(path) ? 1 + 0.4 * move[j]! : v + 0.2 * move[j]!)) },
    ] as const;
  });
  model.setWeights(Object.fromEntries(moved));
  return model;
}
