import { wrongValue } from '../core/errors.ts';
import { type ProgressOptions, progressChecks, runInTurns, type Steps } from '../core/progress.ts';
import { lastAxis } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { validate } from '../core/validate.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import type { EngineFactory } from '../engine/engine.ts';
import { planPass } from '../engine/executor.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { MAX_PRODUCTS } from '../layers/quantized/quantized-layer.ts';
import { createModel, planModel } from '../model/autoencoder.ts';
import { engineSymbol, floatEngineOf, type Model, type Weights } from '../model/model.ts';
import type { AutoencoderSpec } from '../model/spec.ts';
import { type ActivationRange, activationRange, PIXEL_RANGE } from './activation-range.ts';
import { columnsOf, isQuantizable, quantizedFactories } from './columns.ts';
import { type Draft, draftsOf, layersOf, pathsOf, weightsOf } from './fold.ts';
import { InputStatistics } from './input-statistics.ts';
import { quantizedWeights } from './quantized-weights.ts';

/** The parts of a spec that are lists of layers. */
const parts = ['encoder', 'decoder', 'head'] as const;
type Drafts = Partial<Record<(typeof parts)[number], readonly Draft[]>>;

/**
 * A copy of a model whose weights and activations have 8 bits. Dense layers and all kinds of convolutions multiply integers and add the
 * products in 32 bits. The weights take about a quarter of the bytes, in memory and in the file of `saveModel`. On a Zen 4, batches of
 * 32 take 0.63 of the time in dense 784-64-784 and 0.8 in small convolutions. All runtimes give the same bits. The copy only infers:
 * `fit` and `addHead` refuse it.
 *
 * Each output has its own step for the weights (Krishnamoorthi, Quantizing deep convolutional networks, 2018). Each input has one step
 * and one range for its values: those with the smallest squared error on `calibration`, a representative set of samples; some hundreds
 * suffice. Biases correct the shift of the mean that rounded weights cause. Batch normalization is folded into the layer before it.
 * Other layers, and the bottleneck, compute with floats.
 *
 * The copy of a model on the engine of TensorFlow.js has a memory of its own.
 *
 * Errors: TypeError for other values than a model and samples; RangeError for a model without a layer of those types or that is
 * quantized already, for samples of another size and values, or outputs of layers, that are not finite; the reason of an aborted `signal`.
 *
 * @example
 * ```ts
 * import { deepAutoencoder, autoencoder, fit, quantize, saveModel } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 64 }, (_, i) => Math.sin((i >> 6) + (i % 64) / 9)); // waves of 64 values
 * const model = await autoencoder(deepAutoencoder({ input: [64], latent: 8, hidden: [128] }), { seed: 1 });
 * await fit(model, x, { epochs: 5, deterministic: true });
 * const small = await quantize(model, x);
 * const difference = Math.max(...small.reconstruct(x).map((y, i) => Math.abs(y - model.reconstruct(x)[i]!)));
 * console.log(difference < 0.1, saveModel(small).length < saveModel(model).length / 3);
 * // prints true true
 * ```
 */
export async function quantize(model: Model, calibration: Samples, options: ProgressOptions = {}): Promise<Model> {
  const { factory } = floatEngineOf(model).provider;
  const checked = validate('options', options, progressChecks) as ProgressOptions;
  const samples = new SampleBatch('calibration', calibration, model.inputShape);
  const folded = draftsOfModel(model);
  const floats = await modelOf(model, folded, factory);
  const statistics = await runInTurns(observe(floats, samples), checked);
  return modelOf(model, quantizedDrafts(folded, statistics), factory);
}

/** The layers of a model with their weights, folded. */
function draftsOfModel(model: Model): Drafts {
  const { spec, weights } = model;
  const entries = parts.flatMap((part) => (spec[part] ? [[part, draftsOf(spec[part], part, weights)]] : []));
  return Object.fromEntries(entries) as Drafts;
}

/** A model of drafts, with the bottleneck and the other parts of another model's spec. */
async function modelOf(model: Model, drafts: Drafts, engine: EngineFactory): Promise<Model> {
  const { spec, seed } = model;
  const { corruption: _, frozen: _frozen, ...kept } = spec;
  const lists = Object.entries(drafts) as [string, readonly Draft[]][];
  const layers = Object.fromEntries(lists.map(([part, list]) => [part, layersOf(list)]));
  const result = await createModel(planModel({ ...kept, ...layers } as AutoencoderSpec, { seed, engine }, false));
  const latent = Object.entries(weightsOf(model.weights, 'latent.')).map(([name, w]) => [`latent.${name}`, w] as const);
  const weights: Weights = Object.assign({}, ...lists.map(([part, list]) => pathsOf(list, part)));
  result.setWeights({ ...weights, ...Object.fromEntries(latent) });
  return result;
}

/** Statistics of the inputs of the layers to quantize, by path, in two passes over the samples. */
function* observe(model: Model, samples: SampleBatch): Steps<Map<string, LayerInput>> {
  const engine = model[engineSymbol];
  const { nodes } = engine.network;
  const inputs = new Map<string, LayerInput>();
  const sampleSource = samples.pixels ? 'bytes' : 'floats';
  for (const { layer, path, inputShape, source } of nodes)
    if (isQuantizable(layer.type)) {
      const statistics = new InputStatistics(lastAxis(inputShape));
      inputs.set(path, { statistics, source: source < 0 ? sampleSource : 'layer' });
    }
  if (inputs.size === 0) throw wrongValue('model', `one with ${quantizableNames()}`, model, 'a model without');
  const { memory } = engine;
  for (const [pass, record] of (['add', 'count'] as const).entries()) {
    const { rows, run } = planPass(engine, { start: 0, end: nodes.length }, samples, {
      observe: (path, x, values) => inputs.get(path)?.statistics[record](memory.view(x, values)),
    });
    for (let row = 0; row < samples.count; row += rows) {
      run(row);
      yield (pass + row / samples.count) / 2;
    }
    for (const [path, { statistics }] of inputs)
      if (!statistics.isFinite)
        throw wrongValue(
          'calibration',
          'samples with finite outputs of all layers',
          samples,
          `others in front of ${path}`,
        );
  }
  return inputs;
}

interface LayerInput {
  readonly statistics: InputStatistics;
  /** The values of the input: those of samples, or the output of a layer. */
  readonly source: 'bytes' | 'floats' | 'layer';
}

const quantizableNames = (): string =>
  `a layer of type ${[...Object.keys(quantizedFactories()), 'separableConv2d'].join(', ')}`;

/**
 * The range of an input. Samples of bytes, and floats 0..1 with values above 0.5, are usually pixels: their bytes are the integers.
 * Smaller floats have smaller steps.
 */
function rangeOf({ statistics, source }: LayerInput): ActivationRange {
  const { minimum, maximum } = statistics;
  const isUnitInterval = source === 'floats' && minimum >= 0 && maximum > 0.5 && maximum <= 1;
  return source === 'bytes' || isUnitInterval ? PIXEL_RANGE : activationRange(statistics);
}

/** The drafts with quantized layers. */
function quantizedDrafts(drafts: Drafts, inputs: ReadonlyMap<string, LayerInput>): Drafts {
  const convert = (list: readonly Draft[], path: string): Draft[] =>
    list.map((draft, i): Draft => {
      const { layer, weights, inner } = draft;
      const prefix = `${path}.${i}`;
      if (inner) return { ...draft, inner: convert(inner, prefix) };
      const input = inputs.get(prefix);
      if (!input || !isQuantizable(layer.type)) return draft;
      const { count } = columnsOf(layer.type, weights.kernel!.shape);
      // Sums of more products could overflow, so the layer computes with floats.
      if (weights.kernel!.data.length / count > MAX_PRODUCTS) return draft;
      const quantized = quantizedLayer(layer);
      return { layer: quantized, weights: quantizedWeights(layer.type, weights, input.statistics, rangeOf(input)) };
    });
  const entries = Object.entries(drafts).map(([part, list]) => [part, convert(list, part)]);
  return Object.fromEntries(entries) as Drafts;
}

/** The quantized layer with the options of a float layer. */
function quantizedLayer(layer: Layer): Layer {
  const {
    type,
    useBias: _bias,
    kernelInitializer: _initializer,
    l1: _l1,
    l2: _l2,
    ...options
  } = layer as Layer & Record<string, unknown>;
  const factory = quantizedFactories()[type as keyof ReturnType<typeof quantizedFactories>];
  return (factory as unknown as (options: object) => Layer)(options);
}
