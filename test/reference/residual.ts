// The twin of assembly/residual/float-coder.ts, written from docs/format-bounded.md: floats to a stream and back. Both must write the
// same bytes.

import { BitCoder } from './bit.ts';

const FEATURES = 16;

interface Channel {
  products: number[][];
  goals: number[];
  weights: number[];
  count: number;
  errors: number[];
}

/** State of a coder. `code` changes it. */
export interface CoderState {
  bits: BitCoder | undefined;
  channels: Channel[];
  means: number[];
  /** Whether a line has been coded. */
  hasLine: boolean;
}

const zeros = (n: number): number[] => Array.from({ length: n }, () => 0);

export const initialState = (): CoderState => ({
  bits: undefined,
  channels: Array.from({ length: 64 }, () => ({
    products: Array.from({ length: FEATURES }, () => zeros(FEATURES)),
    goals: zeros(FEATURES),
    weights: zeros(FEATURES),
    count: 0,
    errors: [64, 64, 64, 64],
  })),
  means: [],
  hasLine: false,
});

export interface Block {
  plane: boolean;
  lines: number;
  width: number;
  channels: number;
  unit: number;
  bound: number;
  /** Units and bounds of value i modulo their number, instead of `unit` and `bound`. */
  grid?: readonly { readonly unit: number; readonly bound: number }[] | undefined;
  escapes: boolean;
  /** Predictions by the model, in units. */
  modelPrediction?: readonly number[] | undefined;
}

const clamp = (v: number, most: number): number => Math.min(most, Math.max(-most, v));

const THRESHOLDS = [4, 10, 18, 28, 44, 80, 160];
const sort = (difference: number): number => {
  const d = difference | 0;
  // In 32 bits, |-2^31| is -2^31.
  const q = THRESHOLDS.filter((t) => (Math.abs(d) | 0) >= t).length;
  return d < 0 ? 7 - q : 7 + q;
};

const level = (sum: number): number => {
  if (sum < 2) return sum;
  const e = Math.floor(Math.log2(sum));
  return Math.min(19, 2 * e + (Math.floor(sum / 2 ** (e - 1)) % 2));
};

/** Solves (products + 64 on the diagonal) · weights = goals. Does nothing if the matrix is not positive definite. */
function solve(channel: Channel): void {
  const l = Array.from({ length: FEATURES }, () => zeros(FEATURES));
  const half = zeros(FEATURES);
  for (let i = 0; i < FEATURES; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = channel.products[i]![j]! + (i === j ? 64 : 0);
      for (let k = 0; k < j; k++) sum -= l[i]![k]! * l[j]![k]!;
      if (i === j && !(sum > 1e-9)) return;
      l[i]![j] = i === j ? Math.sqrt(sum) : sum / l[j]![j]!;
    }
    let sum = channel.goals[i]!;
    for (let k = 0; k < i; k++) sum -= l[i]![k]! * half[k]!;
    half[i] = sum / l[i]![i]!;
  }
  for (let i = FEATURES - 1; i >= 0; i--) {
    let sum = half[i]!;
    for (let k = i + 1; k < FEATURES; k++) sum -= l[k]![i]! * channel.weights[k]!;
    channel.weights[i] = sum / l[i]![i]!;
  }
}

function number(bits: BitCoder, r: number): number {
  if (!bits.bit(0, Number(r !== 0))) return 0;
  const negative = bits.bit(1, Number(r < 0));
  const sign = negative ? -1 : 1;
  const size = Math.abs(r);
  for (let i = 1; i <= 5; i++) if (!bits.bit(2 * i + negative, Number(size > i))) return sign * i;
  const rest = Math.max(1, size - 5);
  const power = Math.floor(Math.log2(rest));
  let e = 0;
  while (e < 24 && bits.bit(12 + Math.min(e, 9), Number(power > e))) e++;
  let value = 1;
  for (let b = e - 1; b >= 0; b--) {
    const digit = Math.floor(rest / 2 ** b) % 2;
    value = 2 * value + (b === e - 1 ? bits.bit(21 + Math.min(e, 8), digit) : bits.flat(digit));
  }
  return sign * (value + 5);
}

/** Whether |x - y| <= bound, exactly: the rounding error of x - y decides at the bound (2Sum: Knuth). */
function holds(x: number, y: number, bound: number): boolean {
  const d = x - y;
  if (Math.abs(d) !== bound) return Math.abs(d) < bound;
  const v = x - d;
  const lost = x - (d + v) + (v - y);
  return d > 0 ? lost <= 0 : lost >= 0;
}

/** Values to a stream, or a stream to values. Undefined for a value that needs an escape if there are none. */
export function code(
  state: CoderState,
  block: Block,
  input: Float32Array | Uint8Array,
): Uint8Array | Float32Array | undefined {
  const { plane, lines, width, channels: c, escapes, modelPrediction } = block;
  const decoding = input instanceof Uint8Array;
  const bits = new BitCoder(decoding ? input : undefined, state.bits);
  const count = lines * width * c;
  const x = decoding ? new Float32Array(count) : Float32Array.from(input);
  const bitsOf = new Uint32Array(x.buffer);
  const m: number[] = [];
  const r: number[] = [];
  let last = 0;

  for (let i = 0; i < count; i++) {
    const ch = i % c;
    const { unit, bound } = block.grid ? block.grid[i % block.grid.length]! : block;
    if (i > 0 && i % (width * c) === 0) state.hasLine = true;
    const column = Math.floor(i / c) % width;
    const line = Math.floor(i / c / width);
    /** The value `left` positions to the left and `up` lines above, or `otherwise` if it does not exist. */
    const at = (left: number, up: number, otherwise: number, of = m): number => {
      const inside = column - left >= 0 && column - left < width && line - up >= 0;
      return inside ? of[i - left * c - up * width * c]! : otherwise;
    };
    const w = column ? at(1, 0, 0) : line ? at(0, 1, 0) : i ? m[i - 1]! : 0;
    const w2 = at(2, 0, w);
    const w3 = at(3, 0, w2);
    const w4 = at(4, 0, w3);
    const f = [w2 - w, w3 - w, w4 - w];
    const n = plane ? at(0, 1, w) : w;
    const nw = plane ? at(1, 1, n) : w;
    const nn = plane ? at(0, 2, n) : w;
    if (plane) {
      const ne = at(-1, 1, n);
      const north = [n, nw, ne, nn, at(2, 1, nw), at(-2, 1, ne), at(-1, 2, nn), at(1, 2, nn)];
      f.push(...north.map((v) => v - w));
      const mean = (k: number): number => state.means[k] ?? 0;
      f.push(column ? mean(column * c + ch) - mean((column - 1) * c + ch) : 0);
    } else f.push(at(5, 0, w4) - w, at(24, 0, w) - w);
    for (let j = 1; f.length < FEATURES; j++) f.push(ch >= j && column ? m[i - j]! - m[i - j - c]! : 0);
    const p1 = plane ? w + n - nw : c > 1 ? w + (ch && column ? m[i - 1]! - m[i - 1 - c]! : 0) : 2 * w - w2;
    let p2 = 2 * w - w2;
    let p3 = plane ? 2 * n - nn : 3 * w - 3 * w2 + w3;
    if (modelPrediction) {
      const previous = column ? modelPrediction[i - c]! : modelPrediction[i]!;
      f[2] = modelPrediction[i]! - previous;
      f[15] = previous - w;
      p2 = w + modelPrediction[i]! - previous;
      p3 = modelPrediction[i]!;
    }

    const cc = c > 1 ? ch & 63 : 0;
    const channel = state.channels[cc]!;
    let [even, odd] = [0, 0];
    for (let k = 0; k < FEATURES; k += 2) {
      even += channel.weights[k]! * f[k]!;
      odd += channel.weights[k + 1]! * f[k + 1]!;
    }
    let own = even + odd + w;
    if (!(Math.abs(own) < 2 ** 28)) own = w;
    const candidates = [own, w, p1, p2];
    let [total, sum] = [0, 0];
    candidates.forEach((candidate, j) => {
      const e = channel.errors[j]!;
      const v = 1 / (e * e * e);
      total += v;
      sum += v * candidate;
    });
    const mu = clamp(Math.floor(sum / total + 0.5), 2 ** 29);

    const rw = at(1, 0, 0, r);
    const rww = at(2, 0, 0, r);
    const rc = ch ? r[i - 1]! : plane ? rww : at(3, 0, 0, r);
    const rn = plane ? at(0, 1, 0, r) : rww;
    const rr = plane ? at(-1, 1, 0, r) : ch > 1 ? r[i - 2]! : 0;
    const energies = plane ? [rw, rw, rn, rr, rc] : [rw, rw, rc, rc, rww];
    const l = level(energies.reduce((all, v) => all + Math.abs(v), 0));
    const contexts = [
      column * c + ch,
      ((mu >> 5) & 0xffff) * 64 + cc,
      (sort(Math.trunc(own) - mu) * 24 + l) * 64,
      (((clamp(rr, 4) + 4) * 9 + clamp(rc, 4) + 4) * 9 + clamp(rw, 1) + 1) * 64 + cc,
      (sort(w - mu) * 24 + l) * 64 + cc,
      (sort(p1 - mu) * 24 + l) * 64 + cc,
      (sort(p3 - mu) * 9 + clamp(rw, 4) + 4) * 9 + clamp(rn, 4) + 4,
    ];
    bits.contexts = contexts.map((context) => (Math.imul(context, 0x9e3779b1) >>> 21) * 32);
    bits.chosen = [l, c > 1 ? cc : sort(w - mu)];

    let residual = 0;
    let fits = true;
    if (!decoding) {
      const fine = x[i]! / unit;
      fits = Math.abs(fine) < 2 ** 29 && !Object.is(x[i], -0);
      if (fits) residual = Math.floor((fine - mu) / 64 + 0.5);
      fits &&= holds(x[i]!, Math.fround((mu + 64 * residual) * unit), bound);
      if (!fits && !escapes) return undefined;
    }
    if (escapes && bits.bit(30, Number(!fits))) {
      const own = bitsOf[i]!;
      if (!bits.bit(31, Number(own === last))) {
        let word = 0;
        for (let b = 31; b >= 0; b--) word = 2 * word + bits.flat((own >>> b) & 1);
        last = word;
      }
      if (decoding) bitsOf[i] = last;
      m.push(mu);
      r.push(0);
      continue;
    }
    residual = number(bits, residual);
    const here = mu + 64 * residual;
    if (decoding) x[i] = Math.fround(here * unit) + 0;
    m.push(here);
    r.push(residual);

    const weight = 1 / (1 + (Math.abs(residual) * 64) / (256 + channel.errors[0]!));
    channel.errors = channel.errors.map((e, j) => e + (Math.abs(candidates[j]! - here) + 4 - e) * 0.0625);
    channel.count++;
    if (channel.count % 2 === 0) {
      for (let a = 0; a < FEATURES; a++) {
        const g = weight * weight * f[a]!;
        for (let b = 0; b <= a; b++) channel.products[a]![b] = channel.products[a]![b]! * 0.9995 + g * f[b]!;
        channel.goals[a] = channel.goals[a]! * 0.9995 + g * (here - w);
      }
      if (channel.count % 64 === 0) solve(channel);
    }
    if (plane) {
      const k = column * c + ch;
      const old = state.means[k] ?? 0;
      state.means[k] = state.hasLine ? old + ((here - old) >> 3) : here;
    }
  }
  state.bits = bits;
  state.hasLine = true;
  return decoding ? x : bits.finish();
}
