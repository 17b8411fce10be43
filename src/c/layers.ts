// The table of layers: how each one is written in C. A layer without a row is refused; layers that only change the shape and
// layers of training need none.

import { lastAxis } from '../core/shape.ts';
import { asPair, imageShape, type Pair } from '../layers/conv/geometry.ts';
import { SPARSE_THRESHOLD } from '../layers/dense.ts';
import { activationStatements, type LayerText, type LayerTranslation, planOf, transposed } from './call.ts';
import { convolution, depthwise, pooling, separable, transposedConvolution } from './convolution.ts';
import { floatText } from './literals.ts';
import { batchNormalization, layerNormalization, normalization } from './normalization.ts';

/** x · kernel + bias, over the last axis. */
function denseStatement(call: LayerText, units: number, n: number, kernelName = 'kernel', biasName = 'bias'): string {
  const { node, writer, x, y } = call;
  const kernel = writer.kernel(node, kernelName, transposed(n, units));
  const bias = writer.floats(node, biasName.replaceAll('.', '_'), writer.weights(node, biasName));
  const rows = node.outputSize / units;
  const sizes = `${rows}, ${units}, ${n}`;
  if (!node.sparseInput) return `$dense(${y}, ${x}, ${kernel}, ${bias}, ${sizes});`;
  return `$dense_sparse(${y}, ${x}, ${kernel}, ${bias}, ${sizes}, ${Math.ceil(SPARSE_THRESHOLD * rows * n)});`;
}

const dense: LayerTranslation<{ readonly units: number; readonly activation?: string }> = {
  statements: (call, { units, activation }) => [
    denseStatement(call, units, lastAxis(call.node.inputShape)),
    ...activationStatements(call.y, activation, call.node.outputSize, units),
  ],
};

interface GruOptions {
  readonly units: number;
  readonly returnSequences?: boolean;
  readonly goBackwards?: boolean;
  readonly resetAfter?: boolean;
}

const gru: LayerTranslation<GruOptions> = {
  workspace: (_, { units }) => 6 * units,
  statements({ node, writer, x, y, workspace }, { units, returnSequences, goBackwards, resetAfter = true }) {
    const [time, features] = node.inputShape as [number, number];
    const columns = 3 * units;
    const biases = writer.weights(node, 'bias');
    const kernel = writer.kernel(node, 'kernel', transposed(features, columns));
    const args = [
      ...[y, x, kernel, writer.kernel(node, 'recurrentKernel', transposed(units, columns))],
      writer.floats(node, 'bias', biases?.subarray(0, columns)),
      writer.floats(node, 'state_bias', resetAfter ? biases?.subarray(columns) : undefined),
      ...[time, features, units, Number(returnSequences ?? false), Number(goBackwards ?? false), Number(resetAfter)],
      workspace,
    ];
    return [`$gru(${args.join(', ')});`];
  },
};

interface Border {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

const border = (crops: boolean): LayerTranslation => ({
  statements(call) {
    const { x, y } = call;
    const { height, width, channels, top, bottom, left, right } = planOf<Border>(call);
    const [n, before, after] = [width * channels, left * channels, right * channels];
    const row = before + n + after;
    if (crops) return [`$crop(${y}, ${x} + ${top * row + before}, ${height}, ${n}, ${row});`];
    return [`$pad(${y}, ${x}, ${height}, ${n}, ${top * row}, ${bottom * row}, ${before}, ${after});`];
  },
});

const upSampling = (signal: boolean): LayerTranslation<{ readonly size?: Pair; readonly interpolation?: string }> => ({
  statements({ node, x, y }, { size = 2, interpolation }) {
    const sizes = [...imageShape(node.inputShape, node.path, signal), ...asPair(size, signal)];
    return [`$${interpolation === 'bilinear' ? 'interpolate' : 'repeat'}(${y}, ${x}, ${sizes.join(', ')});`];
  },
});

/** Layers whose output is their input at inference. */
const unchanged: LayerTranslation = { inPlace: true, statements: () => [] };

/** The rows, by the types of layers. */
export const layerTranslations: Readonly<Record<string, LayerTranslation<never>>> = {
  activation: {
    inPlace: true,
    statements: ({ node, y }, { activation }: { activation: string }) =>
      activationStatements(y, activation, node.outputSize, lastAxis(node.outputShape)),
  },
  averagePooling1d: pooling('average_pool'),
  averagePooling2d: pooling('average_pool'),
  batchNormalization,
  contractive: unchanged,
  conv1d: convolution,
  conv2d: convolution,
  conv2dTranspose: transposedConvolution,
  cropping1d: border(true),
  cropping2d: border(true),
  dense,
  depthwiseConv2d: depthwise,
  dropout: unchanged,
  flatten: unchanged,
  gaussianNoise: unchanged,
  globalAveragePooling2d: pooling('average_pool'),
  gru,
  kSparse: {
    inPlace: true,
    statements: ({ node, y }, { k }: { k: number }) => [`$top_k(${y}, ${node.outputSize}, ${k});`],
  },
  layerNormalization,
  maxPooling1d: pooling('max_pool'),
  maxPooling2d: pooling('max_pool'),
  normalization,
  quantized: {
    inPlace: true,
    statements: ({ node, y }, { step = 1 }: { step?: number }) => [
      `$round(${y}, ${node.outputSize}, ${floatText(step)});`,
    ],
  },
  reshape: unchanged,
  residual: {
    inPlace: true,
    statements: ({ node, y, skipInput }) => [`$add(${y}, ${skipInput}, ${node.outputSize});`],
  },
  separableConv2d: separable,
  skip: {
    statements({ node, x, y, skipInput }) {
      const n = lastAxis(node.inputShape);
      const m = lastAxis(node.outputShape) - n;
      return [`$concatenate(${y}, ${skipInput}, ${m}, ${x}, ${n}, ${node.inputSize / n});`];
    },
  },
  sparse: {
    inPlace: true,
    statements({ node, writer, y }, { activity }: { activity?: string }) {
      if (activity !== 'share') return [];
      return [`$threshold(${y}, ${node.outputSize}, ${floatText(writer.weights(node, 'control')![0]!)});`];
    },
  },
  upSampling1d: upSampling(true),
  upSampling2d: upSampling(false),
  variational: {
    statements: (call, { units }: { units: number }) => [
      denseStatement(call, units, call.node.inputSize, 'mean.kernel', 'mean.bias'),
    ],
  },
  zeroPadding1d: border(false),
  zeroPadding2d: border(false),
};
