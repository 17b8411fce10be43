// The table, the models and the float64 statistics that the suites of `normalization` share.
import { type Isthmus, numbers, ok } from './assert.ts';

export type M = Awaited<ReturnType<Isthmus['autoencoder']>>;
export type Spec = Parameters<Isthmus['autoencoder']>[0];

export const channels = 5;
/** Scale and center of each channel: small, usual, large, far from 0, and constant. */
export const scales = [1e-3, 1, 1e4, 1, 0];
export const centers = [0, 2, -3e4, 1e6, 0.7];
/** Samples of five channels that depend on two hidden variables. */
export function table(count: number, seed = 1): Float32Array<ArrayBuffer> {
  const [a, b] = [numbers(count, seed), numbers(count, seed + 1)];
  return Float32Array.from({ length: count * channels }, (_, k) => {
    const [r, c] = [Math.floor(k / channels), k % channels];
    const value = [a[r]!, b[r]!, a[r]! - b[r]!, 0.5 * a[r]! + b[r]!, 0][c]!;
    return centers[c]! + scales[c]! * value;
  });
}
export const x = table(300);

/** Mean and standard deviation of each channel in float64, by two passes. */
export function statistics(data: ArrayLike<number>, c = channels): { mean: number[]; deviation: number[] } {
  const n = data.length / c;
  const mean = Array.from({ length: c }, () => 0);
  const squares = Array.from({ length: c }, () => 0);
  for (let i = 0; i < data.length; i++) mean[i % c]! += data[i]! / n;
  for (let i = 0; i < data.length; i++) squares[i % c]! += (data[i]! - mean[i % c]!) ** 2 / n;
  return { mean, deviation: squares.map((s, i) => (s > 1e-24 * mean[i]! ** 2 ? Math.sqrt(s) : 0)) };
}

export function checkStatistics(m: M, path: string, data: ArrayLike<number>, c = channels): void {
  const expected = statistics(data, c);
  const [mean, deviation] = [m.weights[`${path}.mean`]!.data, m.weights[`${path}.deviation`]!.data];
  for (let i = 0; i < c; i++) {
    const by = expected.deviation[i]!;
    ok(
      Math.abs(mean[i]! - expected.mean[i]!) <= 1e-6 * by + 6e-8 * Math.abs(expected.mean[i]!),
      `${path}: mean ${i} ${mean[i]}, expected ${expected.mean[i]}`,
    );
    ok(Math.abs(deviation[i]! - by) <= 1e-6 * by, `${path}: deviation ${i} ${deviation[i]}, expected ${by}`);
  }
}

export const spec = (i: Isthmus, more: Partial<Spec> = {}): Spec => ({
  input: [channels],
  encoder: [i.normalization(), i.dense({ units: 8, activation: 'tanh' }), i.dense({ units: 2 })],
  decoder: [i.dense({ units: 8, activation: 'tanh' }), i.dense({ units: channels }), i.normalization({ invert: true })],
  ...more,
});
export const build = (i: Isthmus, more?: Partial<Spec>) => i.autoencoder(spec(i, more), { seed: 2 });
export const deterministicOptions = { deterministic: true, batchSize: 50 } as const;
export const identity = (i: Isthmus) => i.autoencoder({ input: [channels], encoder: [i.normalization()], decoder: [] });
export const weightsOf = (m: M): number[] => Object.values(m.weights).flatMap(({ data }) => [...data]);

/** Weights of a model with `normalization` first and last, by their names in the model without it. */
export function renamed(m: M): M['weights'] {
  return Object.fromEntries(
    Object.entries(m.weights)
      .filter(([name]) => !/mean|deviation/.test(name))
      .map(([name, weight]) => [name.replace(/^encoder\.(\d)/, (_, k) => `encoder.${k - 1}`), weight]),
  );
}
