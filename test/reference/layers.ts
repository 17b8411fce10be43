// Layers and lists of layers in float64, by the rows of the table of layers.

import type { Isthmus } from '../suites/assert.ts';
import { layerTable } from './layer-table.ts';

// biome-ignore lint/suspicious/noExplicitAny: the options of any layer
export type Options = any;
export type Shape = readonly number[];
type Layer = import('isthmus').Layer;

export interface Tensor {
  readonly shape: Shape;
  /** [rows][...shape] */
  readonly data: Float64Array;
}

/** Weights by path, such as `encoder.0.kernel`. */
export type Weights = Record<string, { shape: Shape; data: Float64Array }>;

/** The source of the random numbers of a layer. */
export interface Random {
  readonly step: number;
  readonly stream: number;
  readonly seed: number;
}

/** Inputs of a layer's definition besides its options and its samples. */
export interface Context {
  readonly rows: number;
  /** The weights by their names in the layer. */
  weight(name: string): Float64Array | undefined;
  /** The output of the layers that this one wraps. */
  wrapped(): Tensor;
  readonly random: Random;
}

export interface LayerRow {
  /** The output in training mode, by loops over indices. Its gradients are central differences. */
  forward(layer: Options, input: Tensor, context: Context): Tensor;
  /** Layers to test by a title, for samples of a shape. */
  readonly cases: Readonly<Record<string, (i: Isthmus, shape: Shape) => Layer>>;
  /** Samples are `[length, channels]` instead of `[height, width, channels]`. */
  readonly signal?: boolean;
  /** Training differs from inference: `encode` is not compared with `forward`. */
  readonly differsInTraining?: boolean;
  /** Class of the layer that `toLayersModel` makes of the first case. Absent where TensorFlow.js has none. */
  readonly tfjs?: string;
}

/** A list of layers in training mode on `rows` samples; the paths of their weights begin with `path`. */
export function chainForward(
  layers: readonly Layer[],
  input: Tensor,
  rows: number,
  path: string,
  weights: Weights,
  randomOf: (path: string) => Random = () => ({ step: 0, stream: 0, seed: 0 }),
): Tensor {
  return layers.reduce((x, layer, i) => {
    const own = `${path}.${i}`;
    const row = layerTable[layer.type];
    if (!row) throw new Error(`${layer.type} has no row in the table of layers`);
    return row.forward(layer, x, {
      rows,
      weight: (name) => weights[`${own}.${name}`]?.data,
      wrapped: () => chainForward((layer as Layer & { layers: Layer[] }).layers, x, rows, own, weights, randomOf),
      random: randomOf(own),
    });
  }, input);
}
