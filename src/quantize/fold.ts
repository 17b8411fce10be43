// Converts the layers of a model to drafts of the layers to quantize. Batch normalization and an activation are folded into the layer
// before them. A separable convolution becomes two layers.

import { definitionOf } from '../engine/define-layer.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { conv2d } from '../layers/conv2d.ts';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.ts';
import type { Weights } from '../model/model.ts';
import { columnsOf, isQuantizable } from './columns.ts';

/** A layer with its weights, by name such as `kernel`. */
export interface Draft {
  readonly layer: Layer;
  readonly weights: Weights;
  /** The layers that this layer wraps. */
  readonly inner?: readonly Draft[];
}

/** The options of any layer. */
type AnyLayer = Layer & {
  readonly activation?: string;
  readonly useBias?: boolean;
  readonly epsilon?: number;
  readonly filters?: number;
};

/** A copy of a layer with other options. The copy has the same definition, which is a property of the layer. */
const withOptions = (layer: Layer, options: object): Layer => Object.freeze({ ...layer, ...options });

/** Whether a normalization or an activation that follows the layer can be folded into it. */
const isLinear = (draft: Draft | undefined): draft is Draft =>
  draft !== undefined &&
  isQuantizable(draft.layer.type) &&
  ((draft.layer as AnyLayer).activation ?? 'linear') === 'linear';

/** The drafts of a list of layers whose weights have names that begin with `path`. */
export function draftsOf(layers: readonly Layer[], path: string, weights: Weights): Draft[] {
  const drafts: Draft[] = [];
  layers.forEach((layer, i) => {
    const definition = definitionOf(layer, path);
    const inner = definition.innerLayers?.(layer);
    const prefix = `${path}.${i}`;
    const draft = {
      layer,
      weights: inner ? {} : weightsOf(weights, `${prefix}.`),
      ...(inner && { inner: draftsOf(inner, prefix, weights) }),
    };
    // A layer that does nothing at inference would separate two layers. A list must not become empty.
    if (!definition.trainingOnly || layers.length === 1) append(drafts, draft);
  });
  return drafts.length ? drafts : [{ layer: layers[0]!, weights: {} }];
}

/** The weights of one layer. */
export const weightsOf = (weights: Weights, prefix: string): Weights =>
  Object.fromEntries(
    Object.entries(weights).flatMap(([path, tensor]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), tensor]] : [],
    ),
  );

function append(drafts: Draft[], draft: Draft): void {
  const last = drafts.at(-1);
  const { type } = draft.layer;
  const { activation } = draft.layer as AnyLayer;
  if (type === 'batchNormalization' && isLinear(last)) drafts[drafts.length - 1] = normalized(last, draft);
  else if (type === 'activation' && isLinear(last))
    drafts[drafts.length - 1] = { ...last, layer: withOptions(last.layer, { activation }) };
  else if (type === 'separableConv2d') drafts.push(...separated(draft));
  else drafts.push(draft);
}

/** A layer with the batch normalization that follows it: y = (z - mean) · gamma / √(variance + epsilon) + beta. */
function normalized({ layer, weights }: Draft, normalization: Draft): Draft {
  const { epsilon = 0.001 } = normalization.layer as AnyLayer;
  const { gamma, beta, movingMean, movingVariance } = normalization.weights;
  const kernel = weights.kernel!;
  const { count, columnOf } = columnsOf(layer.type, kernel.shape);
  const factors = Float64Array.from(
    movingVariance!.data,
    (variance, j) => (gamma?.data[j] ?? 1) / Math.sqrt(variance + epsilon),
  );
  const bias = Float32Array.from({ length: count }, (_, j) => {
    const z = (weights.bias?.data[j] ?? 0) - movingMean!.data[j]!;
    return z * factors[j]! + (beta?.data[j] ?? 0);
  });
  const data = kernel.data.map((value, i) => value * factors[columnOf(i)]!);
  return {
    layer: withOptions(layer, { useBias: true }),
    weights: { kernel: { ...kernel, data }, bias: { shape: [count], data: bias } },
  };
}

/** A separable convolution as a depthwise convolution and a convolution with a kernel of one pixel. */
function separated({ layer, weights }: Draft): Draft[] {
  const { type: _, filters, activation, useBias, ...options } = layer as AnyLayer;
  const { depthwiseKernel, pointwiseKernel, bias } = weights;
  const { l1: _l1, l2: _l2, kernelInitializer: _initializer, ...window } = options as Record<string, unknown>;
  const first = depthwiseConv2d({ ...window, useBias: false } as unknown as Parameters<typeof depthwiseConv2d>[0]);
  const second = conv2d({
    filters: filters!,
    kernelSize: 1,
    ...(activation && { activation }),
    ...(useBias !== undefined && { useBias }),
  } as Parameters<typeof conv2d>[0]);
  return [
    { layer: first, weights: { kernel: depthwiseKernel! } },
    { layer: second, weights: { kernel: pointwiseKernel!, ...(bias && { bias }) } },
  ];
}

/** The layers of some drafts. */
export const layersOf = (drafts: readonly Draft[]): Layer[] =>
  drafts.map(({ layer, inner }) => (inner ? withOptions(layer, { layers: layersOf(inner) }) : layer));

/** The weights of some drafts by their paths in a model. */
export const pathsOf = (drafts: readonly Draft[], path: string): Weights =>
  Object.assign(
    {},
    ...drafts.map(({ weights, inner }, i) =>
      inner
        ? pathsOf(inner, `${path}.${i}`)
        : Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [`${path}.${i}.${name}`, tensor])),
    ),
  );
