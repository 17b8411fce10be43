// A bench that runs fusedAdam and a float64 reference of Adam on the same variables and gradients.
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { fusedAdam } from 'isthmus/tfjs';
import { values } from './start.ts';

export const floats = (n: number, k = 1): Float32Array => Float32Array.from(values(n, k));

/** Adam in float64, with slots by name and one count of steps for all, as in Keras. */
class AdamReference {
  readonly values = new Map<string, Float64Array>();
  readonly #slots = new Map<string, [Float64Array, Float64Array]>();
  #t = 0;

  step(gradients: Readonly<Record<string, ArrayLike<number>>>, rate: number): void {
    this.#t++;
    const scaled = (rate * Math.sqrt(1 - 0.999 ** this.#t)) / (1 - 0.9 ** this.#t);
    const epsilon = 1e-7 * Math.sqrt(1 - 0.999 ** this.#t);
    for (const [name, g] of Object.entries(gradients)) {
      const w = this.values.get(name)!;
      const [m, v] = this.#slots.get(name) ?? [new Float64Array(w.length), new Float64Array(w.length)];
      this.#slots.set(name, [m, v]);
      for (let i = 0; i < w.length; i++) {
        m[i]! += 0.1 * (g[i]! - m[i]!);
        v[i]! += 0.001 * (g[i]! ** 2 - v[i]!);
        w[i]! -= (scaled * m[i]!) / (Math.sqrt(v[i]!) + epsilon);
      }
    }
  }
}

/**
 * Variables by name and size, and functions over them: `step` updates the named variables, in that order, by fusedAdam and by the
 * reference; `check` compares both; `end` disposes the tensors.
 */
export function bench(sizes: Readonly<Record<string, number>>, rate = 0.05) {
  const optimizer = fusedAdam(rate);
  const reference = new AdamReference();
  const variables = new Map<string, tf.Variable>();
  let steps = 0;
  const add = (name: string, size: number): void => {
    const first = floats(size, size);
    reference.values.set(name, Float64Array.from(first));
    const value = tf.tensor1d(first);
    variables.set(name, tf.variable(value, true, name));
    value.dispose();
  };
  for (const [name, size] of Object.entries(sizes)) add(name, size);
  return {
    optimizer,
    variables,
    add,
    step(...names: string[]): void {
      steps++;
      const gradients = names.map((name, i) => floats(reference.values.get(name)!.length, 3 * steps + i));
      const list = names.map((name, i) => ({ name, tensor: tf.tensor1d(gradients[i]!) as tf.Tensor }));
      optimizer.applyGradients(list);
      tf.dispose(list.map(({ tensor }) => tensor));
      reference.step(Object.fromEntries(names.map((name, i) => [name, gradients[i]!])), rate);
    },
    check(): void {
      for (const [name, expected] of reference.values) {
        const actual = variables.get(name)!.dataSync();
        for (let i = 0; i < expected.length; i++)
          assert.ok(Math.abs(actual[i]! - expected[i]!) < 2e-6, `${name}[${i}]: ${actual[i]}, not ${expected[i]}`);
      }
    },
    end(): void {
      optimizer.dispose();
      tf.dispose([...variables.values()]);
    },
  };
}
