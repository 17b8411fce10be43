// Makes fewer layers of a list: a bias and an activation become options of the layer before them.

import { makeLayer, nodeError, type Part } from './chain.ts';

const has = (part: Part, name: string, value: number): boolean =>
  part.weights[name]!.data.every((one) => one === value);

/** The layer that two layers make; undefined if there is none. */
function fusedPart(first: Part, second: Part): Part | undefined {
  const [a, b] = [first.layer, second.layer];
  const names = [...first.names, ...second.names];
  const isFree = /^(dense|.*[cC]onv.*)$/.test(a.type) && (a.activation ?? 'linear') === 'linear';
  if (b.type === 'activation' && isFree)
    return { ...first, layer: makeLayer(a.type, { ...a, activation: b.activation }), names };
  if (b.type !== 'normalization') return undefined;
  const { mean, deviation } = second.weights;
  if (b.invert && isFree && a.useBias === false && has(second, 'deviation', 1))
    return {
      layer: makeLayer(a.type, { ...a, useBias: true }),
      weights: { ...first.weights, bias: mean! },
      inner: [],
      names,
      shape: second.shape,
    };
  if (a.type !== b.type || a.invert !== b.invert) return undefined;
  // A product and a sum, or a difference and a quotient.
  if (b.invert && has(first, 'mean', 0) && has(second, 'deviation', 1))
    return { ...second, weights: { mean: mean!, deviation: first.weights.deviation! }, names };
  if (!b.invert && has(first, 'deviation', 1) && has(second, 'mean', 0))
    return { ...second, weights: { mean: first.weights.mean!, deviation: deviation! }, names };
  return undefined;
}

/** The same computation in fewer layers. */
export function fuse(parts: readonly Part[]): Part[] {
  const list: Part[] = [];
  for (const part of parts) {
    if (part.incomplete) throw nodeError(part.incomplete, 'a part of gelu', part.incomplete.operator);
    const last = list.at(-1);
    const fused = last && fusedPart(last, part);
    if (fused) list[list.length - 1] = fused;
    else list.push(part);
  }
  return list;
}
