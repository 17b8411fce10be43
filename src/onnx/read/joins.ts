// Operators with two inputs: residual and skip paths, products of an activation and its input, and constants.

import { append, type Chain, type Part, weight } from './chain.ts';
import type { Context } from './context.ts';
import { fuse } from './fuse.ts';

const filled = (count: number, value: number) => new Float32Array(count).fill(value);

/** x · scale + shift or, not `invert`, (x - shift) / scale, for each channel. */
export function affine(
  c: Context,
  x: Chain,
  invert: boolean,
  shift?: Float32Array<ArrayBuffer>,
  scale?: Float32Array<ArrayBuffer>,
) {
  const mean = shift ?? filled(scale!.length, 0);
  const deviation = scale ?? filled(mean.length, 1);
  if (!invert && deviation.includes(0)) throw c.error('a divisor other than 0', 0);
  // A layer that changes nothing would learn statistics from the data in `fit`.
  if (mean.every((value) => value === 0) && deviation.every((value) => value === 1)) return x;
  const weights = { mean: weight(mean), deviation: weight(deviation) };
  return append(c.node, x, { type: 'normalization', options: { invert }, weights });
}

type Extended = Chain & { readonly source: Chain };

/** Whether the last layer of a chain is a normalization with these numbers for all channels. */
const isNormalized = (
  chain: Chain | undefined,
  invert: boolean,
  mean: number,
  deviation: number,
): chain is Extended => {
  const { layer, weights } = chain?.part ?? {};
  const are = (name: string, value: number): boolean =>
    weights?.[name]?.data.every((number) => Math.abs(number - value) < 1e-6) ?? false;
  return layer?.type === 'normalization' && layer.invert === invert && are('mean', mean) && are('deviation', deviation);
};

/** Whether two chains compute the same value. */
const equals = (a: Chain | undefined, b: Chain | undefined): boolean => a?.depth === b?.depth && a?.part === b?.part;

const activation = (c: Context, x: Chain, name: string): Chain =>
  append(c.node, x, { type: 'activation', options: { activation: name } });

/** x · sigmoid(x), and x · (erf(x / √2) + 1) · ½ with the half in one of two positions. */
function product(c: Context, x: Chain, factor: Chain): Chain | undefined {
  const { layer } = factor.part ?? {};
  if (layer?.type === 'activation' && layer.activation === 'sigmoid' && equals(factor.source, x))
    return activation(c, x, 'swish');
  const erf = isNormalized(factor, true, 1, 1) ? factor.source : undefined;
  const scaled = erf?.part?.incomplete?.operator === 'Erf' ? erf.source : undefined;
  const isScaled = isNormalized(scaled, false, 0, Math.SQRT2) || isNormalized(scaled, true, 0, Math.SQRT1_2);
  if (!isScaled || !scaled?.source) return undefined;
  const input = scaled.source;
  if (equals(input, x)) {
    const doubled = activation(c, x, 'gelu');
    return { ...doubled, part: { ...doubled.part!, incomplete: c.node } };
  }
  const isHalf = isNormalized(x, true, 0, 0.5) && equals(x.source, input);
  return isHalf ? activation(c, input, 'gelu') : undefined;
}

/** The parts after `base` up to the end of a path. */
function pathBetween(c: Context, base: Chain, path: Chain): Part[] {
  const parts: Part[] = [];
  let chain: Chain | undefined = path;
  for (; chain && chain.depth > base.depth; chain = chain.source) {
    const part = chain.part!;
    if (c.state.wrapped.has(part)) throw c.error('layers in one path', 'layers in two');
    c.state.wrapped.add(part);
    parts.push(part);
  }
  if (parts.length === 0 || !equals(chain, base))
    throw c.error('a path from one input to the other', 'two that meet earlier');
  return fuse(parts.reverse());
}

/** residual or skip: one input is computed from the other. */
function join(c: Context, type: 'residual' | 'skip', a: Chain, b: Chain): Chain {
  const [base, path] = a.depth < b.depth ? [a, b] : [b, a];
  const isOrdered = type === 'residual' || base === a;
  if (!isOrdered || base.axes.join() !== path.axes.join() || base.joined || path.joined)
    throw c.error('the input of a path first, with the same axes', 'another order');
  return append(c.node, base, { type, inner: pathBetween(c, base, path), innerShape: path.shape });
}

/** Concat. */
export function concat(c: Context): Chain {
  const { x } = c;
  const b = c.chain(1);
  if (!b || c.node.inputs.length !== 2 || c.axis(c.number('axis', 1)) !== x.shape.length)
    throw c.error('two values, joined along the channels', `${c.node.inputs.length} inputs`);
  return join(c, 'skip', x, b);
}

/** Add, Sub, Mul and Div of two values, or of a value and a constant. */
export function arithmetic(c: Context): Chain {
  const { operator } = c.node;
  const [a, b] = [c.chain(0), c.chain(1)];
  if (a && b) {
    if (operator === 'Add')
      return equals(a, b) ? affine(c, a, true, undefined, c.repeated(a, 2)) : join(c, 'residual', a, b);
    const result = operator === 'Mul' ? (product(c, a, b) ?? product(c, b, a)) : undefined;
    if (!result) throw c.error('a residual path, or a product that is swish or gelu', operator);
    return result;
  }
  const x = a ?? b;
  if (!x) throw c.error('an input that depends on the input of the graph', 'none');
  const constant = c.channels(x, a ? 1 : 0);
  if (operator === 'Add') return affine(c, x, true, constant);
  if (operator === 'Mul') {
    const { part } = x;
    // Half of twice gelu.
    if (part?.incomplete?.operator === 'Mul' && constant.every((value) => value === 0.5))
      return { ...x, part: { ...part, incomplete: undefined, names: c.node.outputs } };
    return affine(c, x, true, undefined, constant);
  }
  if (operator === 'Sub')
    return a ? affine(c, x, false, constant) : affine(c, x, true, constant, filled(constant.length, -1));
  if (!a) throw c.error('a constant divisor', 'a constant dividend');
  return affine(c, x, false, undefined, constant);
}

/** max(x, 0) + slope · min(x, 0): x + (1 - slope) · relu(-x) where the slopes are not that of `leakyRelu`. */
export function leaky(c: Context, slopes: Float32Array<ArrayBuffer>): Chain {
  const { x } = c;
  if (slopes.every((slope) => Math.abs(slope - 0.2) < 1e-6)) return activation(c, x, 'leakyRelu');
  const negative = affine(c, x, true, undefined, c.repeated(x, -1));
  const factors = slopes.map((slope) => 1 - slope);
  return join(c, 'residual', x, affine(c, activation(c, negative, 'relu'), true, undefined, factors));
}
