import type * as tfl from '@tensorflow/tfjs-layers';
import { wrongValue } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import { plainObject } from '../../core/validate.ts';
import type { EngineFactory } from '../../engine/engine.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import { residual, skip } from '../../layers/skip-connections.ts';
import { createModel, planModel } from '../../model/autoencoder.ts';
import { engineSymbol, type Model } from '../../model/model.ts';
import { modelEnds, type TfLayer } from '../internal/layers.ts';
import { layerNames } from './names.ts';
import { readLayer } from './read.ts';

/** Options of `fromLayersModel`. */
export interface FromLayersOptions {
  /**
   * Name of the last layer of the encoder. Default: the last layer named `encoder.N`, as `toLayersModel` does; else the layer with the
   * smallest output.
   */
  readonly encoder?: string;
  /** The seed of the model, as for `autoencoder`. */
  readonly seed?: number;
  /** The engine of the model, as for `autoencoder`. */
  readonly engine?: EngineFactory;
}

/** A converted layer. */
interface ConvertedLayer {
  readonly layer: Layer;
  /** The layer of tfjs. */
  readonly source: TfLayer;
  /** The layers inside of a `residual` or `skip`. */
  readonly inner?: readonly ConvertedLayer[];
}

/** The layers that a layer takes its inputs from. */
const inputsOf = (layer: TfLayer): TfLayer[] => {
  const nodes = layer.inboundNodes;
  if (nodes.length !== 1) throw wrongValue(layer.name, 'a layer that is used once', nodes.length);
  return nodes[0]!.inboundLayers;
};

/** A layer and all layers that its input depends on. */
function ancestors(layer: TfLayer, known = new Set<TfLayer>()): Set<TfLayer> {
  if (known.has(layer)) return known;
  known.add(layer);
  for (const source of inputsOf(layer)) ancestors(source, known);
  return known;
}

/** The layers after `first` up to `last`, converted, in order. */
function convertChain(last: TfLayer, first: TfLayer): ConvertedLayer[] {
  const parts: ConvertedLayer[] = [];
  let layer = last;
  while (layer !== first) {
    const sources = inputsOf(layer);
    const type = layer.getClassName();
    if (type === 'Add' || type === 'Concatenate') {
      const [a, b] = sources;
      if (sources.length !== 2 || !a || !b) throw wrongValue(layer.name, 'two paths', sources.length);
      const [source, other] = ancestors(b).has(a) ? [a, b] : [b, a];
      if (source === other || !ancestors(other).has(source))
        throw wrongValue(layer.name, 'one chain of layers', 'two paths that meet nowhere');
      // A skip puts its input first.
      const axis = Number(layer.getConfig().axis);
      const rank = (layer.outputShape as number[]).length;
      if (type === 'Concatenate' && (source !== a || (axis !== -1 && axis !== rank - 1)))
        throw wrongValue(layer.name, 'the input first, along the last axis', 'another order');
      const inner = convertChain(other, source);
      const layers = inner.map((part) => part.layer);
      parts.unshift({ layer: type === 'Add' ? residual({ layers }) : skip({ layers }), source: layer, inner });
      layer = source;
    } else {
      if (sources.length !== 1) throw wrongValue(layer.name, 'a layer with one input', sources.length);
      const own = readLayer(layer);
      if (own) parts.unshift({ layer: own, source: layer });
      layer = sources[0]!;
    }
  }
  return parts;
}

/** Layers without dimensions of their own, which belong to the layer before them. */
const dependentTypes = /* @__PURE__ */ new Set([
  'activation',
  'batchNormalization',
  'layerNormalization',
  'dropout',
  'gaussianNoise',
]);

/**
 * The number of layers of the encoder. `hasDecoder`: the output of the model has the shape of its input. Such a model of
 * `toLayersModel` may have a decoder without layers.
 */
function encoderLength(parts: readonly ConvertedLayer[], wanted: string | undefined, hasDecoder: boolean): number {
  const { length } = parts;
  const name = wanted ?? [...parts].reverse().find(({ source }) => source.name.startsWith('encoder.'))?.source.name;
  const limit = hasDecoder && wanted === undefined ? length : length - 1;
  if (limit < 1 || (length < 2 && !name)) throw wrongValue('model', 'at least two layers', length);
  if (name !== undefined) {
    const at = parts.findIndex(({ source }) => source.name === name);
    if (at >= 0 && at < limit) return at + 1;
    const names = parts.slice(0, -1).map(({ source }) => source.name);
    throw wrongValue('encoder', `one of ${names.join(', ')}`, name);
  }
  const sizes = parts.map(({ source }) => sizeOf((source.outputShape as number[]).slice(1)));
  const smallest = Math.min(...sizes.slice(0, -1));
  let at = sizes.indexOf(smallest);
  // Its activation, normalization and noise belong to the encoder.
  while (at + 1 < length - 1 && sizes[at + 1] === smallest && dependentTypes.has(parts[at + 1]!.layer.type)) at++;
  return at + 1;
}

/**
 * A model with the layers and weights of a `tf.LayersModel`, which must be a chain of layers with residual and skip paths. Models that
 * `tf.loadLayersModel` reads, also exports of Keras, can so be trained, saved and used in isthmus. Where the output has another shape
 * than the input, the layers after the encoder become a head. `toLayersModel` restores the names of the layers.
 *
 * Errors: TypeError for other arguments; RangeError, with the name of the layer, for layers that isthmus does not have.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { fromLayersModel } from 'isthmus/tfjs';
 *
 * await tf.setBackend('wasm');
 * const encoder = layers.dense({ inputShape: [16], units: 4, activation: 'relu', name: 'code' });
 * const layersModel = sequential({ layers: [encoder, layers.dense({ units: 16 })] });
 * const model = await fromLayersModel(layersModel, { encoder: 'code' });
 * console.log(model.latentShape, model.outputShape);
 * // prints [ 4 ] [ 16 ]
 * ```
 */
export async function fromLayersModel(model: tfl.LayersModel, options: FromLayersOptions = {}): Promise<Model> {
  const { encoder: wanted, ...rest } = plainObject<FromLayersOptions>('options', options, [
    'encoder',
    'seed',
    'engine',
  ]);
  const { inputs, outputs } = modelEnds(model);
  if (inputs.length !== 1 || outputs.length !== 1) throw wrongValue('model', 'one input and one output', inputs.length);
  const input = inputs[0]!.shape.slice(1);
  if (input.some((side) => side === null)) throw wrongValue('model', 'an input of known shape', input);
  const parts = convertChain(outputs[0]!.sourceLayer, inputs[0]!.sourceLayer);
  const hasDecoder = outputs[0]!.shape.slice(1).join() === input.join();
  const at = encoderLength(parts, wanted, hasDecoder);
  const [first, second] = [parts.slice(0, at), parts.slice(at)];
  const layers = (list: readonly ConvertedLayer[]): Layer[] => list.map(({ layer }) => layer);
  const spec = { input, encoder: layers(first), [hasDecoder ? 'decoder' : 'head']: layers(second) };
  const result = await createModel(planModel(spec, rest, hasDecoder));
  const weights: Record<string, { shape: number[]; data: Float32Array }> = {};
  const names = new Map<string, string>();
  const readWeights = (list: readonly ConvertedLayer[], path: string): void => {
    list.forEach(({ source, inner }, i) => {
      const layerPath = `${path}.${i}`;
      names.set(layerPath, source.name);
      if (inner) readWeights(inner, layerPath);
      const node = result[engineSymbol].network.nodes.find((one) => one.path === layerPath)!;
      source.getWeights().forEach((tensor, k) => {
        weights[node.weights[k]!.path] = { shape: tensor.shape, data: tensor.dataSync() as Float32Array };
      });
    });
  };
  readWeights(first, 'encoder');
  readWeights(second, hasDecoder ? 'decoder' : 'head');
  result.setWeights(weights);
  layerNames.set(result, names);
  return result;
}
