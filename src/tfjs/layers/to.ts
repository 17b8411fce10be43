import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { wrongType, wrongValue } from '../../core/errors.ts';
import { definitionOf } from '../../engine/define-layer.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import type { Activation } from '../../layers/activations.ts';
import { edgesOf, type ImageEdges } from '../../layers/padding.ts';
import { engineSymbol, type Model } from '../../model/model.ts';
import { SLOPE, tfActivation } from './activations.ts';
import { weightNames } from './names.ts';

/** `@tensorflow/tfjs`, or `{ ...core, ...layers }` of its two packages. */
export type LayersTf = Pick<typeof tfl, 'input' | 'layers' | 'model' | 'regularizers'> & Pick<typeof tfc, 'tensor'>;

type Symbolic = tfl.SymbolicTensor;
type TfLayer = tfl.layers.Layer;
// biome-ignore lint/suspicious/noExplicitAny: options of any layer
type Options = any;

/** In the only form that takes all of ours. */
const tfEdges = (value: ImageEdges) => edgesOf(value).map((ends) => [...ends]) as [[number, number], [number, number]];

/** tfjs's layer of the same meaning; undefined where it has none. */
const counterparts: Readonly<Record<string, ((tf: LayersTf, o: Options) => TfLayer) | undefined>> = {
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
  // Its initializer would only cost time: the weights are set.
  gru: (tf, o) => tf.layers.gru({ recurrentActivation: 'sigmoid', ...o, recurrentInitializer: 'zeros' }),
  batchNormalization: (tf, o) => tf.layers.batchNormalization(o),
  layerNormalization: (tf, o) => tf.layers.layerNormalization(o),
  activation: (tf, o) => tf.layers.activation(o),
  dropout: (tf, o) => tf.layers.dropout(o),
  gaussianNoise: (tf, o) => tf.layers.gaussianNoise(o),
  flatten: (tf, o) => tf.layers.flatten(o),
  reshape: (tf, o) => tf.layers.reshape(o),
};

const plainActivation = (o: Options): boolean => tfActivation(o.activation as Activation | undefined) !== undefined;

/** Names of layers by their paths. */
type Called = (path: string) => string;

/** Layers of tfjs that do what one of ours does, the first having its weights and the name. */
function convert(tf: LayersTf, layer: Layer, name: string, place: string): TfLayer[] {
  const { type, l1 = 0, l2 = 0, kernelInitializer: _, ...o } = layer as Layer & Options;
  const make = counterparts[type];
  const none = (what: string): Error => wrongValue(place, 'a layer that TensorFlow.js has', what);
  if (!make) throw none(type);
  // tfjs blends between corners of pixels, not their centres; and does not dilate what it transposes.
  if (type === 'upSampling2d' && o.interpolation === 'bilinear') throw none('upSampling2d with bilinear interpolation');
  if (type === 'conv2dTranspose' && [o.dilationRate ?? 1].flat().some((rate: number) => rate !== 1))
    throw none('conv2dTranspose with dilationRate');
  if (type === 'gru' && (o.resetAfter ?? true)) throw none('gru with resetAfter');
  if (type === 'gaussianNoise' && (typeof o.stddev !== 'number' || o.clip !== undefined))
    throw none('gaussianNoise with a range of stddev or clip');
  const regularizer =
    type === 'depthwiseConv2d' || type === 'separableConv2d' ? 'depthwiseRegularizer' : 'kernelRegularizer';
  const penalty = l1 || l2 ? { [regularizer]: tf.regularizers.l1l2({ l1, l2 }) } : {};
  const leaky = () => tf.layers.leakyReLU({ alpha: SLOPE, name: type === 'activation' ? name : `${name}.activation` });
  if (type === 'activation' && !plainActivation(o)) return [leaky()];
  const made = make(tf, { ...o, ...penalty, name, ...(!plainActivation(o) && { activation: 'linear' }) });
  return plainActivation(o) ? [made] : [made, leaky()];
}

/** Puts `layers` behind `at`. */
function chain(
  tf: LayersTf,
  layers: readonly Layer[],
  at: Symbolic,
  path: string,
  place: string,
  called: Called,
): Symbolic {
  let x = at;
  layers.forEach((layer, i) => {
    const [own, name] = [`${path}.${i}`, `${place}[${i}]`];
    const inner = definitionOf(layer, name).innerLayers?.(layer);
    // tfjs flattens no sample that is flat.
    if (layer.type === 'flatten' && x.shape.length === 2) return;
    if (inner) {
      const y = chain(tf, inner, x, own, `${name}.layers`, called);
      const named = { name: called(own) };
      const join = layer.type === 'residual' ? tf.layers.add(named) : tf.layers.concatenate(named);
      x = join.apply([x, y]) as Symbolic;
    } else for (const made of convert(tf, layer, called(own), name)) x = made.apply(x) as Symbolic;
  });
  return x;
}

/**
 * A `tf.LayersModel` with the layers and weights of a model: its layers are named as the weights are, `encoder.0` and so
 * on, so `tf.model({ inputs: m.inputs, outputs: m.getLayer('encoder.2').output })` is its encoder; or as they were in
 * the model that `fromLayersModel` was given. Not compiled.
 *
 * `tf`: `@tensorflow/tfjs`, or `{ ...core, ...layers }`. Errors: TypeError for other arguments; RangeError, with the
 * name of the place, for what tfjs has no layer for: bottlenecks, `upSampling1d`, `zeroPadding1d`,
 * `cropping1d`, `normalization`, `gru` with `resetAfter`, bilinear upsampling, dilated transposed convolutions.
 */
export function toLayersModel(model: Model, tf: LayersTf): tfl.LayersModel {
  const engine = model?.[engineSymbol];
  if (!engine) throw wrongType('model', 'a model made by autoencoder()', model);
  for (const name of ['input', 'layers', 'model', 'regularizers', 'tensor'] as const)
    if (!tf?.[name]) throw wrongType('tf', '@tensorflow/tfjs, or { ...core, ...layers }', tf);
  const { encoder, latent, decoder, head } = model.spec;
  if (latent) throw wrongValue('latent', 'none, as TensorFlow.js has no bottleneck', latent.type);
  const input = tf.input({ shape: [...model.inputShape] });
  const names = weightNames.get(model);
  const called: Called = (path) => names?.get(path) ?? path;
  const code = chain(tf, encoder, input, 'encoder', 'encoder', called);
  const second = decoder ? 'decoder' : 'head';
  const output = chain(tf, decoder ?? head ?? [], code, second, second, called);
  const result = tf.model({ inputs: input, outputs: output });
  const { weights } = model;
  for (const node of engine.network.nodes) {
    if (node.weights.length === 0) continue;
    const tensors = node.weights.map(({ path, shape }) => tf.tensor(weights[path]!.data, [...shape]));
    result.getLayer(called(node.path)).setWeights(tensors);
    for (const tensor of tensors) tensor.dispose();
  }
  return result;
}
