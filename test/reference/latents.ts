// Bottlenecks in float64, by their papers: the code in training mode, and its penalty.

import { normal, word } from './philox.ts';

export interface Code {
  /** [rows][units] */
  readonly code: Float64Array;
  readonly penalty: number;
}

/** The source of the random numbers of a step. */
export interface Draw {
  readonly step: number;
  readonly stream: number;
  readonly seed: number;
}

interface Dense {
  readonly kernel: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

const affine = (x: Float64Array, rows: number, { kernel, bias }: Dense): Float64Array => {
  const [inputs, units] = [x.length / rows, bias.length];
  return Float64Array.from({ length: rows * units }, (_, at) => {
    const [r, j] = [Math.floor(at / units), at % units];
    let sum = bias[j]!;
    for (let i = 0; i < inputs; i++) sum += x[r * inputs + i]! * kernel[i * units + j]!;
    return sum;
  });
};

/** Kingma and Welling, 2013, with free bits per unit and a factor. */
export function variational(
  x: Float64Array,
  rows: number,
  mean: Dense,
  logVariance: Dense,
  o: { freeBits?: number; factor: number; training?: boolean },
  draw: Draw,
): Code {
  const units = mean.bias.length;
  const m = affine(x, rows, mean);
  const l = affine(x, rows, logVariance).map((v) => Math.max(-20, Math.min(20, v)));
  const { step, stream, seed } = draw;
  const code = m.map((v, i) => v + Math.exp(l[i]! / 2) * normal(i, step, stream, seed));
  let kl = 0;
  for (let j = 0; j < units; j++) {
    let sum = 0;
    for (let r = 0; r < rows; r++) {
      const i = r * units + j;
      sum += 0.5 * (m[i]! ** 2 + Math.exp(l[i]!) - l[i]! - 1);
    }
    kl += Math.max(o.freeBits ?? 0, sum / rows);
  }
  return { code, penalty: o.factor * kl };
}

/** Makhzani and Frey, 2013. */
export const kSparse = (x: Float64Array, rows: number, k: number): Code => {
  const n = x.length / rows;
  const code = new Float64Array(x.length);
  for (let r = 0; r < rows; r++) {
    const row = Array.from({ length: n }, (_, j) => j).sort((a, b) => x[r * n + b]! - x[r * n + a]! || a - b);
    for (const j of row.slice(0, k)) code[r * n + j] = x[r * n + j]!;
  }
  return { code, penalty: 0 };
};

/** Mass of a mixture of logistic distributions between x - ½ and x + ½, x in steps: distribution functions subtracted. */
export function mass(x: number, prior: ArrayLike<number>, channel: number, channels: number, components = 3): number {
  const part = (kind: number, k: number): number => prior[(kind * components + k) * channels + channel]!;
  const shares = Array.from({ length: components }, (_, k) => Math.exp(part(2, k)));
  const all = shares.reduce((sum, share) => sum + share, 0);
  return shares.reduce((sum, share, k) => {
    const scale = Math.exp(part(1, k));
    // Computed in the tail where both values are small, for precision.
    const away = -Math.abs(x - (part(0, k) + 2 * k + 1 - components));
    const below = (v: number): number => 1 / (1 + Math.exp(-v / scale));
    return sum + (share / all) * (below(away + 0.5) - below(away - 0.5));
  }, 0);
}

/** The bits of the values of y: -log2 of their mass by the prior of their channel, the last axis. */
export const rate = (
  y: ArrayLike<number>,
  prior: ArrayLike<number>,
  channels: number,
  step = 1,
  components = 3,
): number =>
  Array.from(y).reduce((sum, v, i) => sum - Math.log2(mass(v / step, prior, i % channels, channels, components)), 0);

/** Ballé et al., 2017: uniform noise instead of rounding; a penalty of `factor` for every bit by the prior. */
export function quantized(
  x: Float64Array,
  step: number,
  draw: Draw,
  bits?: { prior: ArrayLike<number>; channels: number; factor: number },
): Code {
  const code = x.map((v, i) => v + (step * (word(i, draw.step, draw.stream, draw.seed) >> 8)) / 2 ** 24);
  return { code, penalty: bits ? bits.factor * rate(code, bits.prior, bits.channels, step) : 0 };
}

/** L1 of the code, and Ng's KL divergence of each unit's mean from the target; the largest values of the batch for a target share. */
export function sparse(
  x: Float64Array,
  rows: number,
  o: { l1?: number; target?: number; activity?: string; factor?: number },
): Code {
  const n = x.length / rows;
  const most = Math.max(1, Math.round((o.target ?? 0) * x.length));
  const code = o.activity === 'share' ? kSparse(x, 1, most).code : x;
  let penalty = ((o.l1 ?? 0) / rows) * code.reduce((sum, v) => sum + Math.abs(v), 0);
  if (o.activity === 'mean') {
    for (let j = 0; j < n; j++) {
      let p = 0;
      for (let r = 0; r < rows; r++) p += x[r * n + j]! / rows;
      const t = o.target!;
      penalty += o.factor! * (t * Math.log(t / p) + (1 - t) * Math.log((1 - t) / (1 - p)));
    }
  }
  return { code, penalty };
}
