// The twins by themselves: central differences, and values known from elsewhere.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Activation, activations } from '../../src/activations.ts';
import { type LossName, losses } from '../../src/losses.ts';
import * as twin from './activations.ts';
import * as loss from './losses.ts';
import { type DenseLayer, gradients, loss as total } from './network.ts';
import { optimizers, type Slots } from './optimizers.ts';
import { normalOf, philox } from './philox.ts';

const near = (actual: number, expected: number, tolerance: number, message?: string): void =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${message}: ${actual}, not ${expected}`,
  );
const wave = (n: number, k = 1): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(k * (i + 1) * 1.7) * 1.3);

describe('float64 twins', () => {
  it('erf and the normal quantile have their known values', () => {
    near(twin.erf(0.5), 0.5204998778130465, 1e-15);
    near(twin.erf(1), 0.8427007929497149, 1e-15);
    near(twin.erf(-3), -0.9999779095030014, 1e-15);
    near(normalOf(0.95), 1.959963984540054, 1e-12);
    near(normalOf(-0.5), -0.6744897501960817, 1e-12);
  });

  // Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds.
  it('Philox gives the published vectors', () => {
    assert.deepEqual(philox([0, 0, 0, 0], [0, 0]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    assert.deepEqual(philox([ones, ones, ones, ones], [ones, ones]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    const digits = philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]);
    assert.deepEqual(digits, [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });

  it('gradients of activations are central differences', () => {
    const [rows, n, h] = [2, 5, 1e-6];
    const z = wave(rows * n);
    const dy = wave(rows * n, 3);
    for (const kind of Object.keys(activations) as Activation[]) {
      const dz = twin.backward(kind, dy, z, rows, n);
      z.forEach((v, i) => {
        const at = (shift: number): number => {
          const moved = z.slice();
          moved[i] = v + shift;
          return twin.forward(kind, moved, rows, n).reduce((sum, y, j) => sum + y * dy[j]!, 0);
        };
        near(dz[i]!, (at(h) - at(-h)) / (2 * h), 1e-7, `${kind} ${i}`);
      });
    }
  });

  it('gradients of losses are central differences', () => {
    const y = wave(9).map((v) => 0.5 + v / 3);
    const t = wave(9, 5).map((v) => 0.5 + v / 3);
    y[3] = 2.9;
    for (const kind of Object.keys(losses) as LossName[]) {
      const g = loss.gradient(kind, y, t);
      y.forEach((v, i) => {
        const at = (shift: number): number => loss.value(kind, y.with(i, v + shift), t);
        near(g[i]!, (at(1e-6) - at(-1e-6)) / 2e-6, 1e-6, `${kind} ${i}`);
      });
    }
  });

  it('gradients of a network are central differences', () => {
    const layer = (inputs: number, units: number, activation: Activation, k: number): DenseLayer => ({
      inputs, units, activation, kernel: wave(inputs * units, k), bias: wave(units, k + 1), l1: 0.01, l2: 0.02,
    }); // biome-ignore format: a row
    const layers = [layer(3, 4, 'tanh', 2), layer(4, 2, 'softmax', 3), layer(2, 3, 'sigmoid', 5)];
    const [x, t] = [wave(6, 7), wave(6, 11).map((v) => 0.5 + v / 3)];
    const mix = { meanSquaredError: 1, binaryCrossentropy: 0.5 };
    const all = gradients(layers, x, t, 2, mix);
    layers.forEach((l, k) => {
      for (const part of ['kernel', 'bias'] as const) {
        l[part].forEach((w, i) => {
          const at = (shift: number): number => {
            l[part][i] = w + shift;
            const value = total(layers, x, t, 2, mix);
            l[part][i] = w;
            return value;
          };
          near(all[k]![part][i]!, (at(1e-6) - at(-1e-6)) / 2e-6, 1e-7, `layer ${k} ${part} ${i}`);
        });
      }
    });
  });

  it('two steps of each optimizer are what a calculator says', () => {
    const after: Record<string, number> = {
      sgd: 1 - 0.1 * 0.5 - 0.1 * -0.25,
      momentum: 1 - 0.05 + (0.9 * -0.05 + 0.025),
      nesterov: 1 + (0.9 * -0.05 - 0.05) + (0.9 * (0.9 * -0.05 + 0.025) + 0.025),
      rmsprop: 1 - 0.05 / Math.sqrt(0.025 + 1e-7) + 0.025 / Math.sqrt(0.9 * 0.025 + 0.00625 + 1e-7),
      adam: 1 - 0.1 - (0.1 * (Math.sqrt(0.001999) / 0.19) * 0.02) / Math.sqrt(0.999 * 0.00025 + 0.0000625),
    };
    for (const [name, expected] of Object.entries(after)) {
      const w = Float64Array.of(1);
      const slots: Slots = {};
      optimizers[name]!(w, [0.5], slots, 1, 0.1);
      optimizers[name]!(w, [-0.25], slots, 2, 0.1);
      near(w[0]!, expected, 1e-5, name);
    }
  });
});
