// Layers that shift and scale channels, in C. Factors that do not depend on the sample are computed here, with the roundings of
// the kernels in assembly/normalize.ts.

import { lastAxis } from '../core/shape.ts';
import type { AffineOptions } from '../layers/affine.ts';
import type { LayerTranslation } from './call.ts';
import { floatText } from './literals.ts';

const { fround, sqrt } = Math;

/** Rows and channels, as arguments. */
const sizesOf = (size: number, n: number): string => `${size / n}, ${n}`;

/** A quotient and a square root of float32, computed in float64 and rounded, are those of float32 (Figueroa, 1995). */
export const batchNormalization: LayerTranslation<AffineOptions> = {
  inPlace: true,
  statements({ node, writer, y }, { epsilon = 0.001 }) {
    const [gamma, beta] = [writer.weights(node, 'gamma'), writer.weights(node, 'beta')];
    const mean = writer.weights(node, 'movingMean')!;
    const variance = writer.weights(node, 'movingVariance')!;
    const scale = variance.map((v, i) => fround((gamma?.[i] ?? 1) / fround(sqrt(fround(v + fround(epsilon))))));
    const shift = mean.map((v, i) => fround((beta?.[i] ?? 0) - fround(v * scale[i]!)));
    const args = [y, writer.floats(node, 'scale', scale), writer.floats(node, 'shift', shift)];
    return [`$affine(${args.join(', ')}, ${sizesOf(node.outputSize, lastAxis(node.outputShape))});`];
  },
};

export const layerNormalization: LayerTranslation<AffineOptions> = {
  inPlace: true,
  statements({ node, writer, y }, { epsilon = 0.001 }) {
    const args = [y, ...['gamma', 'beta'].map((name) => writer.floats(node, name, writer.weights(node, name)))];
    const sizes = sizesOf(node.outputSize, lastAxis(node.outputShape));
    return [`$layer_normalize(${args.join(', ')}, ${sizes}, ${floatText(epsilon)});`];
  },
};

export const normalization: LayerTranslation<{ readonly invert?: boolean }> = {
  inPlace: true,
  statements({ node, writer, y }, { invert }) {
    const deviation = writer.weights(node, 'deviation')!;
    const divisor = invert ? deviation : deviation.map((d) => d || 1);
    const mean = writer.floats(node, 'mean', writer.weights(node, 'mean'));
    const scale = writer.floats(node, 'deviation', divisor);
    const sizes = sizesOf(node.outputSize, lastAxis(node.outputShape));
    // x · deviation + mean, or (x - mean) / deviation.
    if (invert) return [`$affine(${y}, ${scale}, ${mean}, ${sizes});`];
    return [`$standardize(${y}, ${mean}, ${scale}, ${sizes});`];
  },
};
