// Optimizers in float64, value by value, with the formulas and defaults of Keras 3.

export interface Slots {
  [name: string]: Float64Array;
}
type Update = (w: Float64Array, g: ArrayLike<number>, slots: Slots, t: number, rate: number) => void;

const slot = (slots: Slots, name: string, n: number): Float64Array => {
  slots[name] ??= new Float64Array(n);
  return slots[name];
};

const adam =
  (decay: number): Update =>
  (w, g, slots, t, rate) => {
    const m = slot(slots, 'm', w.length);
    const v = slot(slots, 'v', w.length);
    const alpha = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    for (let i = 0; i < w.length; i++) {
      w[i]! -= rate * decay * w[i]!;
      m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
      v[i] = 0.999 * v[i]! + 0.001 * g[i]! ** 2;
      w[i]! -= (alpha * m[i]!) / (Math.sqrt(v[i]!) + 1e-7);
    }
  };

const momentum =
  (nesterov: boolean): Update =>
  (w, g, slots, _, rate) => {
    const v = slot(slots, 'v', w.length);
    for (let i = 0; i < w.length; i++) {
      v[i] = 0.9 * v[i]! - rate * g[i]!;
      w[i]! += nesterov ? 0.9 * v[i]! - rate * g[i]! : v[i]!;
    }
  };

/** `w` changes in place; `t` counts updates from 1. */
export const optimizers: Record<string, Update> = {
  sgd(w, g, _slots, _t, rate) {
    for (let i = 0; i < w.length; i++) w[i]! -= rate * g[i]!;
  },
  momentum: momentum(false),
  nesterov: momentum(true),
  rmsprop(w, g, slots, _, rate) {
    const s = slot(slots, 's', w.length);
    for (let i = 0; i < w.length; i++) {
      s[i] = 0.9 * s[i]! + 0.1 * g[i]! ** 2;
      w[i]! -= (rate * g[i]!) / Math.sqrt(s[i]! + 1e-7);
    }
  },
  adam: adam(0),
  adamw: adam(0.004),
};
