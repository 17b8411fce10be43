// A value of a graph as the chain of layers that computes it from the input of the model.

import { formatError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { definitionOf } from '../../engine/define-layer.ts';
import type { Layer, LayerDefinition } from '../../engine/layer-definition.ts';
import { allLayers } from '../../layers/all-layers.gen.ts';
import type { Weights } from '../../model/model.ts';
import type { GraphNode } from './file.ts';

/** Weights of a layer, by name. */
export type LayerWeights = Weights;

/** A weight of one axis, unless a shape is passed. */
export const weight = (data: Float32Array<ArrayBuffer>, shape: Shape = [data.length]) => ({ shape, data });

/** A layer with its weights and, for `residual` and `skip`, the wrapped layers. */
export interface Part {
  readonly layer: Layer & { readonly activation?: string; readonly invert?: boolean; readonly useBias?: boolean };
  readonly weights: LayerWeights;
  readonly inner: readonly Part[];
  /** Values of the graph that the layer computes. */
  readonly names: readonly string[];
  /** The shape of the output. */
  readonly shape: Shape;
  /** The node of Erf, or of twice gelu: parts of gelu, which are no layers. */
  readonly incomplete?: GraphNode | undefined;
}

/** A value of the graph. */
export interface Chain {
  /** The shape of one sample, channels last. */
  readonly shape: Shape;
  /** For each axis in the graph: 0 for the batch, i for axis i - 1 of the sample, -1 for an axis of length 1 that the sample lacks. */
  readonly axes: readonly number[];
  /** The axes, in the order of the graph, that one axis joins: the values are in the order of the graph, not of the sample. */
  readonly joined?: { readonly shape: Shape; readonly order: readonly number[] } | undefined;
  /** The value that the last layer gets, and the number of layers. */
  readonly source: Chain | undefined;
  readonly depth: number;
  readonly part: Part | undefined;
}

let factories: Map<string, (options: object) => Layer> | undefined;

/** The layer of a type, made by its factory. */
export function makeLayer(type: string, options: object): Part['layer'] {
  factories ??= new Map(allLayers().map((factory) => [factory.definition.type, factory as (o: object) => Layer]));
  return factories.get(type)!(options);
}

/** The error for a node: `"conv1" expected …, got …`. */
export const nodeError = (node: GraphNode, expected: string, got: unknown) =>
  formatError('model', node.name, expected, got);

/** Axes in the order of the sample, and with channels first. */
export const naturalAxes = (rank: number): number[] => Array.from({ length: rank + 1 }, (_, axis) => axis);
export const channelsFirstAxes = (rank: number): number[] => [0, rank, ...naturalAxes(rank - 1).slice(1)];

interface NewLayer {
  readonly type: string;
  readonly options?: object;
  readonly weights?: LayerWeights;
  readonly inner?: readonly Part[];
  /** The shape of the output of `inner`. */
  readonly innerShape?: Shape;
}

/** A chain with one layer more. The axes are those of `source`, unless others are passed. */
export function append(node: GraphNode, source: Chain, added: NewLayer, axes = source.axes): Chain {
  const { type, options, weights = {}, inner = [], innerShape } = added;
  const layer = makeLayer(type, options ?? { layers: inner.map((part) => part.layer) });
  const { outputShape } = definitionOf<LayerDefinition>(layer, '');
  const shape = outputShape(layer, source.shape, node.name, innerShape);
  const part = { layer, weights, inner, names: node.outputs, shape };
  const { joined } = source;
  return { shape, axes, source, depth: source.depth + 1, part, ...(joined && shape.length === 1 && { joined }) };
}
