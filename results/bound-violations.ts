// Counts values that break the error bound of a codec, among values that were chosen to break it.

import type { Codec, Model } from 'isthmus';
import { createCodec } from 'isthmus';
import { linearCongruential } from '../tools/linear-congruential.ts';

/** Values in one call of `compress`. */
const CALL_SIZE = 131072;
const specialValues = [Number.NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-45, 1.17e-38, 3.4028235e38, -3.4028235e38];
const bounds = [1e-45, 1e-12, 1e-7, 1e-4, 0.01, 0.3, 100, 1e20, 3e38];

/** A series of values: value `i` from uniform random numbers in [0, 1). */
type Series = (i: number, random: () => number) => number;
const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

const seriesByName: Readonly<Record<string, () => Series>> = {
  noise: () => (_, random) => random() - 0.5,
  waves: () => (i, random) => Math.sin(i / 9) * Math.cos(i / 1300) + 0.01 * random(),
  walk: () => {
    let position = 0;
    return (_, random) => {
      position += random() - 0.5;
      return position / 50;
    };
  },
  constant: () => () => 0.7,
  'far from zero': () => (i, random) => 1e6 + Math.sin(i / 7) + random(),
  'all scales': () => (_, random) => (random() - 0.5) * 10 ** (80 * random() - 42),
  jumps: () => (i, random) => (Math.floor(i / 100) % 7) * 1000 + random(),
  'all bit patterns': () => (_, random) => {
    word[0] = random() * 2 ** 32;
    return float[0]!;
  },
  'halves of steps': () => (_, random) => Math.floor(random() * 2000 - 1000) * 0.01 + 0.01,
  'special values in a smooth curve': () => (i, random) =>
    random() > 0.99 ? specialValues[Math.floor(random() * specialValues.length)]! : Math.sin(i / 20),
};

/** True where `y` is within the bound of `x`, or equal to it bit for bit. A difference of two floats is exact enough. */
const keepsBound = (x: number, y: number, bound: number): boolean => Math.abs(x - y) <= bound || Object.is(x, y);

/** Numbers in [0, 1). All their bits are random, which the linear congruential generator alone does not reach. */
function mixedNumbers(seed: number): () => number {
  const next = linearCongruential(seed);
  return () => {
    const state = next();
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** Tries at least `count` values of all series at all bounds. Gives how many values it tried and how many broke one. */
export async function boundViolations(model: Model, count: number): Promise<{ values: number; broken: number }> {
  let [values, broken] = [0, 0];
  const x = new Float32Array(CALL_SIZE);
  const calibration = Float32Array.from({ length: 64 * 16 }, (_, i) => Math.sin(i / 9));
  const codecs: Codec[] = [];
  for (const bound of bounds) codecs.push(await createCodec(model, calibration, { maxError: bound }));
  for (let round = 1; values < count; round++) {
    for (const [k, makeSeries] of Object.values(seriesByName).entries()) {
      const series = makeSeries();
      const random = mixedNumbers(round * 100 + k);
      const b = (round + k) % bounds.length;
      for (let i = 0; i < CALL_SIZE; i++) x[i] = series(i, random);
      const y = codecs[b]!.decompress(codecs[b]!.compress(x));
      for (let i = 0; i < CALL_SIZE; i++) if (!keepsBound(x[i]!, y[i]!, bounds[b]!)) broken++;
      values += CALL_SIZE;
    }
  }
  return { values, broken };
}
