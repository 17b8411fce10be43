import { wrongType, wrongValue } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { boolean, optional, unchecked, validate } from '../core/validate.ts';
import { argmax } from '../data/labels.ts';
import { initialize } from '../engine/initialize.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { type AutoencoderOptions, createModel, planModel } from './autoencoder.ts';
import { engineSymbol, floatEngineOf, type Model } from './model.ts';

/** Options of `addHead`. */
export interface HeadOptions {
  /** Seed of the head's weights, 0..2^53-1. Default: a random one. */
  readonly seed?: number;
  /** Freezes the encoder: `fit` trains the head only. Default false. */
  readonly freeze?: boolean;
}

/**
 * Makes a new model of the encoder of `model`, with a copy of its weights, and `layers`, such as
 * `[dense({ units: 10, activation: 'softmax' })]`. Train it by `fit` with `labels`, or with `targets` of the shape of its
 * output. After a softmax the default loss is the categorical cross-entropy. `predict` and `classify` return its results. An encoder
 * that was trained with many samples without labels needs few samples with labels. Errors: TypeError, RangeError for wrong
 * layers and shapes that do not match.
 *
 * @example
 * ```ts
 * import { addHead, autoencoder, classify, deepAutoencoder, dense, fit } from 'isthmus';
 *
 * // Waves of two frequencies. Only 20 of them have labels.
 * const kind = (n: number) => n % 2;
 * const wave = (n: number, t: number) => Math.sin(n + (t * (1 + kind(n))) / 3);
 * const x = Float32Array.from({ length: 400 * 16 }, (_, i) => wave(i >> 4, i % 16));
 * const model = await autoencoder(deepAutoencoder({ input: [16], latent: 4, hidden: [32] }), { seed: 1 });
 * await fit(model, x, { epochs: 20, deterministic: true });
 * const classifier = await addHead(model, [dense({ units: 2, activation: 'softmax' })], { seed: 1 });
 * const labels = Uint8Array.from({ length: 20 }, (_, n) => kind(n));
 * await fit(classifier, x.subarray(0, 20 * 16), { labels, epochs: 100, deterministic: true });
 * const classes = classify(classifier, x.subarray(20 * 16));
 * console.log(classes.filter((found, n) => found === kind(n)).length / classes.length);
 * // prints 1
 * ```
 */
export async function addHead(model: Model, layers: readonly Layer[], options: HeadOptions = {}): Promise<Model> {
  const { factory } = floatEngineOf(model, 'one that can be trained').provider;
  const { seed, freeze } = validate('options', options, { seed: unchecked, freeze: optional(boolean) });
  const { input, encoder, latent } = model.spec;
  const last = Array.isArray(layers) ? (layers[layers.length - 1] as { activation?: string } | undefined) : undefined;
  const classes = last?.activation === 'softmax';
  const spec = {
    input,
    encoder,
    head: layers,
    ...(latent && { latent }),
    ...(freeze && { frozen: true }),
    ...(classes && { loss: 'categoricalCrossentropy' as const }),
  };
  const result = await createModel(planModel(spec, { engine: factory, seed } as AutoencoderOptions, false));
  initialize(result[engineSymbol]);
  const encoderWeights = Object.entries(model.weights).filter(([path]) => !/^(decoder|head)\./.test(path));
  result.setWeights(Object.fromEntries(encoderWeights));
  return result;
}

/**
 * The index of the largest output of the head for each sample: the most likely class. Errors: as `predict`; RangeError without a head.
 *
 * @example
 * ```ts
 * import { addHead, autoencoder, classify, dense, fit } from 'isthmus';
 *
 * const x = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1); // four samples of two values
 * const spec = { input: [2], encoder: [dense({ units: 8, activation: 'tanh' })], decoder: [dense({ units: 2 })] };
 * const head = [dense({ units: 2, activation: 'softmax' })];
 * const classifier = await addHead(await autoencoder(spec, { seed: 1 }), head, { seed: 1 });
 * await fit(classifier, x, { labels: Uint8Array.of(0, 1, 1, 1), epochs: 300, deterministic: true });
 * console.log(classify(classifier, x));
 * // prints Uint32Array(4) [ 0, 1, 1, 1 ]
 * ```
 */
export function classify(model: Model, x: Samples): Uint32Array<ArrayBuffer> {
  if (!model?.[engineSymbol]) throw wrongType('model', 'a model made by addHead()', model);
  if (!model.spec.head) throw wrongValue('model', 'one with a head (see addHead)', model, 'one without');
  return argmax(model.predict(x), sizeOf(model.outputShape));
}
