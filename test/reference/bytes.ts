// The twin of assembly/residual/byte-coder.ts, written from docs/format-bounded.md: bytes to a stream and back.

import { BitCoder } from './bit.ts';

export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Number of values in a sample. */
export const sizeOf = ({ height, width, channels }: Picture): number => height * width * channels;

const mix = (a: number, b: number): number => Math.imul(a ^ b ^ (a >>> 15), 0x9e3779b1) >>> 0;

const count = (v: number, thresholds: readonly number[]): number => thresholds.filter((t) => v > t).length;
const sort = (v: number): number => count(v, [0, 31, 95, 159, 223, 251, 253]);
/** The number with these digits, the first the highest. */
const digits = (base: number, values: readonly number[]): number => values.reduce((all, v) => all * base + v, 0);

/** The hashes of the seven contexts, and the two choices of weights. */
function contextsOf(near: (left: number, up: number) => number, ch: number, c: number, other: number, change: number) {
  const [w, n, nw, ne, ww, nn] = [near(1, 0), near(0, 1), near(1, 1), near(-1, 1), near(2, 0), near(0, 2)];
  const ten = [w, n, nw, ne, ww, nn, near(-2, 1), near(2, 1), near(-1, 2), near(1, 2)];
  const six = [near(3, 0), near(0, 3), near(-3, 1), near(-2, 2), near(2, 2), near(4, 0)];
  const guess = Math.min(255, Math.max(0, ch ? w + change : w + n - nw));
  const known = Math.floor(other / 8) * 8 + Math.min(ch, 7);
  const signs = digits(
    2,
    [...six, ...ten].map((v) => Number(v > 0)),
  );
  const hashes = [
    mix(w * 256 + n, ch),
    mix(digits(8, ten.slice(0, 6).map(sort)), known),
    mix(guess * 8 + (c > 1 ? other >> 5 : sort(ne)), ch),
    mix((n << 7) | ((ne >> 4) << 3) | (nn >> 5), ch),
    mix((w << 7) | ((ww >> 4) << 3) | (nw >> 5), c > 1 ? known : 0),
    mix(signs * 64 + sort(w) * 8 + sort(n), ch),
    mix(
      digits(
        3,
        ten.map((v) => count(v, [32, 192])),
      ),
      known,
    ),
  ];
  return { hashes, chosen: [sort(w) * 8 + sort(n), sort(ne) * 8 + sort(nw)] };
}

/** Samples to a stream, or a stream to `rows` samples. `prior`: a coder whose state this one continues with. */
export function codeBytes(
  picture: Picture,
  rows: number,
  input: Uint8Array,
  decoding: boolean,
  prior?: BitCoder,
): { bytes: Uint8Array; coder: BitCoder } {
  const { height, width, channels: c } = picture;
  const coder = new BitCoder(decoding ? input : undefined, prior);
  const x = decoding ? new Uint8Array(rows * height * width * c) : input;
  for (let i = 0; i < x.length; i++) {
    const ch = i % c;
    const column = Math.floor(i / c) % width;
    const line = Math.floor(i / c / width) % height;
    const near = (left: number, up: number): number => {
      const inside = column - left >= 0 && column - left < width && line - up >= 0;
      return inside ? x[i - left * c - up * width * c]! : 0;
    };
    const other = ch ? x[i - 1]! : 0;
    const change = ch ? other - (column ? x[i - 1 - c]! : 0) : 0;
    const { hashes, chosen } = contextsOf(near, ch, c, other, change);
    coder.chosen = chosen;
    const use = (known: number): void => {
      coder.contexts = hashes.map(
        (hash, k) => (mix(hash, Math.imul(known * 8 + k, 0x2f0b4c47)) >>> 18) * 16 - (known ? 16 : 0),
      );
    };
    const half = (base: number, value: number): number => {
      let node = 1;
      for (let b = 3; b >= 0; b--) node = node * 2 + coder.bit(base + node, (value >> b) & 1);
      return node - 16;
    };
    use(0);
    let value = x[i]!;
    if (coder.bit(0, Number(value !== 0))) {
      const upper = half(0, value >> 4);
      use(1 + upper);
      value = upper * 16 + half(16, value & 15);
    } else value = 0;
    x[i] = value;
  }
  return { bytes: decoding ? x : coder.finish(), coder };
}
