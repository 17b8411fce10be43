// The layers of a tf.LayersModel and the nodes between them, which are not part of the public API of TensorFlow.js.

import type * as tfc from '@tensorflow/tfjs-core';
import { wrongType, wrongValue } from '../../core/errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: configurations of any layer
export type Config = Record<string, any>;

/** A layer of tfjs, and the layers that it takes its inputs from. */
export interface TfLayer {
  readonly name: string;
  readonly outputShape: unknown;
  readonly inboundNodes: readonly { readonly inboundLayers: TfLayer[] }[];
  getClassName(): string;
  getConfig(): Config;
  getWeights(): tfc.Tensor[];
}

interface SymbolicTensor {
  readonly shape: number[];
  readonly sourceLayer: TfLayer;
}

/**
 * The inputs and outputs of a model. Errors: TypeError for a value that is no tf.LayersModel, RangeError for layers that are not
 * as in version 4.22.
 */
export function modelEnds(model: unknown): { inputs: SymbolicTensor[]; outputs: SymbolicTensor[] } {
  const { layers, inputs, outputs } = (model ?? {}) as Record<'layers' | 'inputs' | 'outputs', unknown>;
  if (!Array.isArray(layers) || !Array.isArray(inputs) || !Array.isArray(outputs))
    throw wrongType('model', 'a tf.LayersModel', model);
  const hasNodes = ({ sourceLayer }: SymbolicTensor): boolean =>
    Array.isArray(sourceLayer?.inboundNodes) && Array.isArray(sourceLayer.inboundNodes[0]?.inboundLayers);
  if (![...inputs, ...outputs].every(hasNodes))
    throw wrongValue('model', 'layers as in TensorFlow.js 4.22', 'layers without the nodes before them');
  return { inputs, outputs };
}
