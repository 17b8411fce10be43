import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { wrongType, wrongValue } from '../../core/errors.ts';
import { definitionOf } from '../../engine/define-layer.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import type { Activation } from '../../layers/activations.ts';
import { edgesOf, type ImageEdges } from '../../layers/padding.ts';
import { engineSymbol, type Model } from '../../model/model.ts';
import { LEAKY_SLOPE, tfActivation } from './activations.ts';
import { layerNames } from './names.ts';

/** `@tensorflow/tfjs`, or `{ ...core, ...layers }` of its packages core and layers. */
export type LayersTf = Pick<typeof tfl, 'input' | 'layers' | 'model' | 'regularizers'> & Pick<typeof tfc, 'tensor'>;

type Symbolic = tfl.SymbolicTensor;
type TfLayer = tfl.layers.Layer;
// biome-ignore lint/suspicious/noExplicitAny: options of any layer
type Options = any;

/** Edges as pairs for both axes, the form that can express all of them. */
const tfEdges = (value: ImageEdges) => edgesOf(value).map((ends) => [...ends]) as [[number, number], [number, number]];

/** Makes the layer of tfjs for a layer of isthmus, by type. */
const constructors: Readonly<Record<string, ((tf: LayersTf, o: Options) => TfLayer) | undefined>> = {
  dense: (tf, o) => tf.layers.dense(o),
  conv1d: (tf, o) => tf.layers.conv1d(o),
  conv2d: (tf, o) => tf.layers.conv2d(o),
  conv2dTranspose: (tf, o) => tf.layers.conv2dTranspose(o),
  depthwiseConv2d: (tf, o) => tf.layers.depthwiseConv2d(o),
  separableConv2d: (tf, o) => tf.layers.separableConv2d(o),
  maxPooling1d: (tf, o) => tf.layers.maxPooling1d(o),
  maxPooling2d: (tf, o) => tf.layers.maxPooling2d(o),
  averagePooling1d: (tf, o) => tf.layers.averagePooling1d(o),
  averagePooling2d: (tf, o) => tf.layers.averagePooling2d(o),
  globalAveragePooling2d: (tf, o) => tf.layers.globalAveragePooling2d(o),
  upSampling2d: (tf, o) => tf.layers.upSampling2d({ ...o, size: [o.size ?? 2, o.size ?? 2].flat().slice(-2) }),
  zeroPadding2d: (tf, o) => tf.layers.zeroPadding2d({ ...o, padding: tfEdges(o.padding ?? 1) }),
  cropping2d: (tf, o) => tf.layers.cropping2D({ ...o, cropping: tfEdges(o.cropping ?? 0) }),
  // The weights are set afterwards, so the slow orthogonal initializer is not needed.
  gru: (tf, o) => tf.layers.gru({ recurrentActivation: 'sigmoid', ...o, recurrentInitializer: 'zeros' }),
  batchNormalization: (tf, o) => tf.layers.batchNormalization(o),
  layerNormalization: (tf, o) => tf.layers.layerNormalization(o),
  activation: (tf, o) => tf.layers.activation(o),
  dropout: (tf, o) => tf.layers.dropout(o),
  gaussianNoise: (tf, o) => tf.layers.gaussianNoise(o),
  flatten: (tf, o) => tf.layers.flatten(o),
  reshape: (tf, o) => tf.layers.reshape(o),
};

const hasTfActivation = (o: Options): boolean => tfActivation(o.activation as Activation | undefined) !== undefined;

/** The name of a layer by its path. */
type NameOf = (path: string) => string;

/**
 * The layers of tfjs for a layer of isthmus. The first one has the weights and `name`. Errors: RangeError that names the `position` in
 * the spec.
 */
function convert(tf: LayersTf, layer: Layer, name: string, position: string): TfLayer[] {
  const { type, l1 = 0, l2 = 0, kernelInitializer: _, ...o } = layer as Layer & Options;
  const make = constructors[type];
  const unsupported = (what: string): Error => wrongValue(position, 'a layer that TensorFlow.js has', what);
  if (!make) throw unsupported(type);
  // tfjs interpolates between corners of pixels instead of centres, and has no dilated transposed convolution.
  if (type === 'upSampling2d' && o.interpolation === 'bilinear')
    throw unsupported('upSampling2d with bilinear interpolation');
  if (type === 'conv2dTranspose' && [o.dilationRate ?? 1].flat().some((rate: number) => rate !== 1))
    throw unsupported('conv2dTranspose with dilationRate');
  if (type === 'gru' && (o.resetAfter ?? true)) throw unsupported('gru with resetAfter');
  if (type === 'gaussianNoise' && (typeof o.stddev !== 'number' || o.clip !== undefined))
    throw unsupported('gaussianNoise with a range of stddev or clip');
  const regularizer =
    type === 'depthwiseConv2d' || type === 'separableConv2d' ? 'depthwiseRegularizer' : 'kernelRegularizer';
  const penalty = l1 || l2 ? { [regularizer]: tf.regularizers.l1l2({ l1, l2 }) } : {};
  const leaky = () =>
    tf.layers.leakyReLU({ alpha: LEAKY_SLOPE, name: type === 'activation' ? name : `${name}.activation` });
  if (type === 'activation' && !hasTfActivation(o)) return [leaky()];
  const made = make(tf, { ...o, ...penalty, name, ...(!hasTfActivation(o) && { activation: 'linear' }) });
  return hasTfActivation(o) ? [made] : [made, leaky()];
}

/** Appends `layers` to the output `input`. `path` is that of their weights, `position` that in the spec, for errors. */
function chain(
  tf: LayersTf,
  layers: readonly Layer[],
  input: Symbolic,
  path: string,
  position: string,
  nameOf: NameOf,
): Symbolic {
  let x = input;
  layers.forEach((layer, i) => {
    const layerPath = `${path}.${i}`;
    const layerPosition = `${position}[${i}]`;
    const inner = definitionOf(layer, layerPosition).innerLayers?.(layer);
    // `flatten` of tfjs refuses samples of one axis.
    if (layer.type === 'flatten' && x.shape.length === 2) return;
    if (inner) {
      const y = chain(tf, inner, x, layerPath, `${layerPosition}.layers`, nameOf);
      const named = { name: nameOf(layerPath) };
      const join = layer.type === 'residual' ? tf.layers.add(named) : tf.layers.concatenate(named);
      x = join.apply([x, y]) as Symbolic;
    } else for (const made of convert(tf, layer, nameOf(layerPath), layerPosition)) x = made.apply(x) as Symbolic;
  });
  return x;
}

/**
 * A `tf.LayersModel` with the layers and weights of a model, not compiled. Layers have the names of the weights' paths, such as
 * `encoder.0`, so `tf.model({ inputs: m.inputs, outputs: m.getLayer('encoder.2').output })` is the encoder. A model of
 * `fromLayersModel` has the names of the original layers.
 *
 * `tf`: `@tensorflow/tfjs`, or `{ ...core, ...layers }`. Errors: TypeError for other arguments; RangeError, with the
 * position in the spec, for layers that tfjs does not have: bottlenecks, `upSampling1d`, `zeroPadding1d`,
 * `cropping1d`, `normalization`, `gru` with `resetAfter`, bilinear upsampling, dilated transposed convolutions.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as core from '@tensorflow/tfjs-core';
 * import * as layers from '@tensorflow/tfjs-layers';
 * import { autoencoder, denseAutoencoder } from 'isthmus';
 * import { toLayersModel } from 'isthmus/tfjs';
 *
 * await core.setBackend('wasm');
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * const layersModel = toLayersModel(model, { ...core, ...layers });
 * console.log(layersModel.layers.map(({ name }) => name));
 * // prints [ 'input1', 'encoder.0', 'decoder.0' ]
 * ```
 */
export function toLayersModel(model: Model, tf: LayersTf): tfl.LayersModel {
  const engine = model?.[engineSymbol];
  if (!engine) throw wrongType('model', 'a model made by autoencoder()', model);
  for (const name of ['input', 'layers', 'model', 'regularizers', 'tensor'] as const)
    if (!tf?.[name]) throw wrongType('tf', '@tensorflow/tfjs, or { ...core, ...layers }', tf);
  const { encoder, latent, decoder, head } = model.spec;
  if (latent) throw wrongValue('latent', 'none, as TensorFlow.js has no bottleneck', latent.type);
  const input = tf.input({ shape: [...model.inputShape] });
  const names = layerNames.get(model);
  const nameOf: NameOf = (path) => names?.get(path) ?? path;
  const code = chain(tf, encoder, input, 'encoder', 'encoder', nameOf);
  const second = decoder ? 'decoder' : 'head';
  const output = chain(tf, decoder ?? head ?? [], code, second, second, nameOf);
  const result = tf.model({ inputs: input, outputs: output });
  const { weights } = model;
  for (const node of engine.network.nodes) {
    if (node.weights.length === 0) continue;
    const tensors = node.weights.map(({ path, shape }) => tf.tensor(weights[path]!.data, [...shape]));
    result.getLayer(nameOf(node.path)).setWeights(tensors);
    for (const tensor of tensors) tensor.dispose();
  }
  return result;
}
