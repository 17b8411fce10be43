// Values that were chosen to break a bound, and a count of those that do.

import type { Codec, Model } from 'isthmus';
import { createCodec } from 'isthmus';

/** Values that one codec compresses at a time. */
const RUN = 131072;
const strange = [Number.NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-45, 1.17e-38, 3.4028235e38, -3.4028235e38];

type Make = (i: number, random: () => number) => number;
const words = new Uint32Array(1);
const float = new Float32Array(words.buffer);

const kinds: Readonly<Record<string, () => Make>> = {
  noise: () => (_, random) => random() - 0.5,
  waves: () => (i, random) => Math.sin(i / 9) * Math.cos(i / 1300) + 0.01 * random(),
  walk: () => {
    let at = 0;
    return (_, random) => {
      at += random() - 0.5;
      return at / 50;
    };
  },
  constant: () => () => 0.7,
  'far from zero': () => (i, random) => 1e6 + Math.sin(i / 7) + random(),
  'all scales': () => (_, random) => (random() - 0.5) * 10 ** (80 * random() - 42),
  jumps: () => (i, random) => (Math.floor(i / 100) % 7) * 1000 + random(),
  'all bit patterns': () => (_, random) => {
    words[0] = random() * 2 ** 32;
    return float[0]!;
  },
  'halves of steps': () => (_, random) => Math.floor(random() * 2000 - 1000) * 0.01 + 0.01,
  'strange among smooth': () => (i, random) =>
    random() > 0.99 ? strange[Math.floor(random() * strange.length)]! : Math.sin(i / 20),
};
const bounds = [1e-45, 1e-12, 1e-7, 1e-4, 0.01, 0.3, 100, 1e20, 3e38];

/** Whether a value came back within the bound, or as it was, bit for bit. The difference of floats is exact enough. */
function kept(x: number, y: number, bound: number): boolean {
  return Math.abs(x - y) <= bound || Object.is(x, y);
}

/** Numbers in [0, 1), the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** At least `count` values of all kinds at all bounds, and how many of them were not kept. */
export async function violations(model: Model, count: number): Promise<{ values: number; broken: number }> {
  let [values, broken] = [0, 0];
  const x = new Float32Array(RUN);
  const first = Float32Array.from({ length: 64 * 16 }, (_, i) => Math.sin(i / 9));
  const codecs: Codec[] = [];
  for (const bound of bounds) codecs.push(await createCodec(model, first, { maxError: bound }));
  for (let round = 1; values < count; round++) {
    for (const [k, make] of Object.values(kinds).entries()) {
      const one = make();
      const random = generator(round * 100 + k);
      const b = (round + k) % bounds.length;
      for (let i = 0; i < RUN; i++) x[i] = one(i, random);
      const y = codecs[b]!.decompress(codecs[b]!.compress(x));
      for (let i = 0; i < RUN; i++) if (!kept(x[i]!, y[i]!, bounds[b]!)) broken++;
      values += RUN;
    }
  }
  return { values, broken };
}
