// Optimizers in float64, value by value, with the formulas and defaults of Keras 3.

export interface Slots {
  [name: string]: Float64Array;
}

/** `w` changes in place; `slots` starts empty; `t` counts updates from 1. */
export type Update = (w: Float64Array, g: ArrayLike<number>, slots: Slots, t: number, rate: number) => void;

const slot = (slots: Slots, name: string, n: number): Float64Array => {
  slots[name] ??= new Float64Array(n);
  return slots[name];
};

/** w -= rate·g. */
export const sgd = (): Update => (w, g, _slots, _t, rate) => {
  for (let i = 0; i < w.length; i++) w[i]! -= rate * g[i]!;
};

/** Polyak, 1964; with `nesterov` the gradient of Nesterov, 1983. */
export const momentum =
  ({ momentum: beta = 0.9, nesterov = false } = {}): Update =>
  (w, g, slots, _t, rate) => {
    const v = slot(slots, 'v', w.length);
    for (let i = 0; i < w.length; i++) {
      v[i] = beta * v[i]! - rate * g[i]!;
      w[i]! += nesterov ? beta * v[i]! - rate * g[i]! : v[i]!;
    }
  };

/** Hinton, Neural networks for machine learning, lecture 6e, 2012; epsilon within the root, as in Keras. */
export const rmsprop =
  ({ rho = 0.9, epsilon = 1e-7 } = {}): Update =>
  (w, g, slots, _t, rate) => {
    const s = slot(slots, 's', w.length);
    for (let i = 0; i < w.length; i++) {
      s[i] = rho * s[i]! + (1 - rho) * g[i]! ** 2;
      w[i]! -= (rate * g[i]!) / Math.sqrt(s[i]! + epsilon);
    }
  };

/** Loshchilov and Hutter, 2017: the decay is subtracted from the weights first, and does not enter the moments. */
export const adamw =
  ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, weightDecay = 0.004 } = {}): Update =>
  (w, g, slots, t, rate) => {
    const m = slot(slots, 'm', w.length);
    const v = slot(slots, 'v', w.length);
    const alpha = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    for (let i = 0; i < w.length; i++) {
      w[i]! -= rate * weightDecay * w[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
      v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
      w[i]! -= (alpha * m[i]!) / (Math.sqrt(v[i]!) + epsilon);
    }
  };

/** Kingma and Ba, 2014, in the order of their section 2, where epsilon is added to the uncorrected root, as in Keras. */
export const adam = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = {}): Update =>
  adamw({ beta1, beta2, epsilon, weightDecay: 0 });

/** The optimizers by name, with their defaults. */
export const optimizers: Record<string, Update> = {
  sgd: sgd(),
  momentum: momentum(),
  nesterov: momentum({ nesterov: true }),
  rmsprop: rmsprop(),
  adam: adam(),
  adamw: adamw(),
};

/** Scales all gradients, in place, to a global norm of at most `clipNorm`. Returns the norm before. Pascanu et al., 2013. */
export function clipByGlobalNorm(gradients: readonly Float64Array[], clipNorm: number): number {
  let squares = 0;
  for (const g of gradients) for (const v of g) squares += v * v;
  const norm = Math.sqrt(squares);
  if (norm > clipNorm) {
    for (const g of gradients) for (let i = 0; i < g.length; i++) g[i]! *= clipNorm / norm;
  }
  return norm;
}

/** Clips every gradient, in place, to -clipValue..clipValue: `clipvalue` of Keras. */
export function clipByValue(gradients: readonly Float64Array[], clipValue: number): void {
  for (const g of gradients) {
    for (let i = 0; i < g.length; i++) g[i] = Math.min(Math.max(g[i]!, -clipValue), clipValue);
  }
}

/** l1·Σ|w| + l2·Σw²: `regularizers.L1L2` of Keras, without the half that some put before l2. */
export function penalty(w: ArrayLike<number>, l1: number, l2: number): number {
  let sum = 0;
  for (let i = 0; i < w.length; i++) sum += l1 * Math.abs(w[i]!) + l2 * w[i]! ** 2;
  return sum;
}

/** The derivative of `penalty` by each w; 0 where w is 0. */
export function penaltyGradient(w: ArrayLike<number>, l1: number, l2: number): Float64Array {
  return Float64Array.from({ length: w.length }, (_, i) => l1 * Math.sign(w[i]!) + 2 * l2 * w[i]!);
}
