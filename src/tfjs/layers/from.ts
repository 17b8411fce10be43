import type * as tfl from '@tensorflow/tfjs-layers';
import { wrongValue } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import { plainObject as plain } from '../../core/validate.ts';
import type { EngineFactory } from '../../engine/engine.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import { residual, skip } from '../../layers/skip-connections.ts';
import { createModel, planModel } from '../../model/autoencoder.ts';
import { engineSymbol, type Model } from '../../model/model.ts';
import { modelEnds, type TfLayer } from '../internal/layers.ts';
import { weightNames } from './names.ts';
import { readLayer } from './read.ts';

export interface FromLayersOptions {
  /** Name of the layer that puts out the code. Default: as `toLayersModel` names it, else the narrowest. */
  readonly encoder?: string;
  /** As for `autoencoder`. */
  readonly seed?: number;
  readonly engine?: EngineFactory;
}

/** A layer of ours, and where its weights are: a layer of tfjs, or those of the layers that it stands around. */
interface Part {
  readonly layer: Layer;
  readonly from: TfLayer;
  readonly inner?: readonly Part[];
}

const sourcesOf = (layer: TfLayer): TfLayer[] => {
  const nodes = layer.inboundNodes;
  if (nodes.length !== 1) throw wrongValue(layer.name, 'a layer that is used once', nodes.length);
  return nodes[0]!.inboundLayers;
};

/** All layers that lead to one, itself among them. */
function ancestors(layer: TfLayer, known = new Set<TfLayer>()): Set<TfLayer> {
  if (known.has(layer)) return known;
  known.add(layer);
  for (const source of sourcesOf(layer)) ancestors(source, known);
  return known;
}

/** Layers from behind `stop` to `last`, in order. */
function collect(last: TfLayer, stop: TfLayer): Part[] {
  const parts: Part[] = [];
  let layer = last;
  while (layer !== stop) {
    const sources = sourcesOf(layer);
    const type = layer.getClassName();
    if (type === 'Add' || type === 'Concatenate') {
      const [a, b] = sources;
      if (sources.length !== 2 || !a || !b) throw wrongValue(layer.name, 'two paths', sources.length);
      const [source, other] = ancestors(b).has(a) ? [a, b] : [b, a];
      if (source === other || !ancestors(other).has(source))
        throw wrongValue(layer.name, 'an input and what becomes of it', 'two paths that meet nowhere');
      // A skip puts its input first.
      const axis = Number(layer.getConfig().axis);
      const rank = (layer.outputShape as number[]).length;
      if (type === 'Concatenate' && (source !== a || (axis !== -1 && axis !== rank - 1)))
        throw wrongValue(layer.name, 'the input first, along the last axis', 'another order');
      const inner = collect(other, source);
      const layers = inner.map((part) => part.layer);
      parts.unshift({ layer: type === 'Add' ? residual({ layers }) : skip({ layers }), from: layer, inner });
      layer = source;
    } else {
      if (sources.length !== 1) throw wrongValue(layer.name, 'a layer with one input', sources.length);
      const own = readLayer(layer);
      if (own) parts.unshift({ layer: own, from: layer });
      layer = sources[0]!;
    }
  }
  return parts;
}

/** Layers that belong to the one before them. */
const following = /* @__PURE__ */ new Set([
  'activation',
  'batchNormalization',
  'layerNormalization',
  'dropout',
  'gaussianNoise',
]);

/**
 * Index behind the last layer of the encoder. `whole`: the output has the shape of the input. Such a model may be all
 * encoder, with a decoder of no layers, which `toLayersModel` has named so.
 */
function boundary(parts: readonly Part[], wanted: string | undefined, whole: boolean): number {
  const { length } = parts;
  const name = wanted ?? [...parts].reverse().find(({ from }) => from.name.startsWith('encoder.'))?.from.name;
  const most = whole && wanted === undefined ? length : length - 1;
  if (most < 1 || (length < 2 && !name)) throw wrongValue('model', 'at least two layers', length);
  if (name !== undefined) {
    const at = parts.findIndex(({ from }) => from.name === name);
    if (at >= 0 && at < most) return at + 1;
    const names = parts.slice(0, -1).map(({ from }) => from.name);
    throw wrongValue('encoder', `one of ${names.join(', ')}`, name);
  }
  const sizes = parts.map(({ from }) => sizeOf((from.outputShape as number[]).slice(1)));
  const least = Math.min(...sizes.slice(0, -1));
  let at = sizes.indexOf(least);
  // Its activation and the like belong to it.
  while (at + 1 < length - 1 && sizes[at + 1] === least && following.has(parts[at + 1]!.layer.type)) at++;
  return at + 1;
}

/**
 * A model with the layers and weights of a `tf.LayersModel`, a chain with residual and skip paths: so what
 * `tf.loadLayersModel` reads, exports of Keras among it, can be trained, saved and used here. Where it does not put out
 * what it takes in, the layers behind the code are a head. `toLayersModel` gives its layers their names back.
 *
 * Errors: TypeError for other arguments; RangeError, with the layer's name, for what is not among our layers.
 */
export async function fromLayersModel(model: tfl.LayersModel, options: FromLayersOptions = {}): Promise<Model> {
  const { encoder: wanted, ...rest } = plain<FromLayersOptions>('options', options, ['encoder', 'seed', 'engine']);
  const { inputs, outputs } = modelEnds(model);
  if (inputs.length !== 1 || outputs.length !== 1) throw wrongValue('model', 'one input and one output', inputs.length);
  const input = inputs[0]!.shape.slice(1);
  if (input.some((side) => side === null)) throw wrongValue('model', 'an input of known shape', input);
  const parts = collect(outputs[0]!.sourceLayer, inputs[0]!.sourceLayer);
  const whole = outputs[0]!.shape.slice(1).join() === input.join();
  const at = boundary(parts, wanted, whole);
  const [first, second] = [parts.slice(0, at), parts.slice(at)];
  const layers = (list: readonly Part[]): Layer[] => list.map(({ layer }) => layer);
  const spec = { input, encoder: layers(first), [whole ? 'decoder' : 'head']: layers(second) };
  const result = await createModel(planModel(spec, rest, whole));
  const weights: Record<string, { shape: number[]; data: Float32Array }> = {};
  const names = new Map<string, string>();
  const place = (list: readonly Part[], path: string): void => {
    list.forEach(({ from, inner }, i) => {
      const own = `${path}.${i}`;
      names.set(own, from.name);
      if (inner) place(inner, own);
      const node = result[engineSymbol].network.nodes.find((one) => one.path === own)!;
      from.getWeights().forEach((tensor, k) => {
        weights[node.weights[k]!.path] = { shape: tensor.shape, data: tensor.dataSync() as Float32Array };
      });
    });
  };
  place(first, 'encoder');
  place(second, whole ? 'decoder' : 'head');
  result.setWeights(weights);
  weightNames.set(result, names);
  return result;
}
