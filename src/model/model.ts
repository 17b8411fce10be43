import { wrongType, wrongValue } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import type { ThreadOptions } from '../core/thread-options.ts';
import type { Samples } from '../core/types.ts';
import { firstNonFinite } from '../core/validate.ts';
import { isFloats, SampleBatch } from '../data/sample-batch.ts';
import type { Engine } from '../engine/engine.ts';
import type { NodeRange } from '../engine/executor.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { runNetwork } from '../engine/run-network.ts';
import { readWeight, writeWeight } from '../engine/weights.ts';
import { runNetworkOnThreads } from '../threads/plain/pass.ts';
import type { History } from './history.ts';
import type { AutoencoderSpec } from './spec.ts';
import { summarize } from './summary.ts';
import { newSession, type TrainingSession } from './training-session.ts';

/** Weights by name, such as `encoder.0.kernel`. */
export type Weights = Record<
  string,
  {
    /** The shape of the tensor. */
    readonly shape: Shape;
    /** The values in row-major order. */
    readonly data: Float32Array<ArrayBuffer>;
  }
>;

/** The key of a model's engine, for the other parts of the package. */
export const engineSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.engine');

/** The key of a model's training state. */
export const sessionSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.training');

type Outputs = Float32Array<ArrayBuffer>;

/** A part of the network, and the checks of the samples that it takes. */
interface Inference extends NodeRange {
  readonly outputShape: Shape;
  /** Errors: those of the samples and of the model. */
  readonly check: () => SampleBatch;
}

/** Errors as rejections. */
function runOnThreads(engine: Engine, inference: Inference, options: ThreadOptions): Promise<Outputs> {
  const { check, outputShape, start, end } = inference;
  const multiplications = multiplicationsPerSample(engine.network);
  return runNetworkOnThreads({ engine, range: { start, end }, check, outputShape, multiplications }, options);
}

/** An autoencoder with a WebAssembly memory. It needs no disposal: the garbage collector frees it. */
export class Model {
  /** The spec that the model was built from: plain data. */
  readonly spec: AutoencoderSpec;
  // Fields with a computed name would keep the class in bundles that do not use it, so the constructor assigns both.
  /** @internal */
  declare readonly [engineSymbol]: Engine;
  /** @internal */
  declare readonly [sessionSymbol]: TrainingSession;

  /** @internal Made by `autoencoder` and `loadModel`. */
  constructor(spec: AutoencoderSpec, engine: Engine) {
    this.spec = spec;
    this[engineSymbol] = engine;
    this[sessionSymbol] = newSession();
  }

  /** Shape of one sample. */
  get inputShape(): Shape {
    return this.spec.input;
  }

  /** Shape of one code. */
  get latentShape(): Shape {
    return this[engineSymbol].network.latentShape;
  }

  /** Shape of one output: of a sample, or of the output of a head. */
  get outputShape(): Shape {
    return this[engineSymbol].network.outputShape;
  }

  /** Number of trainable values. */
  get parameterCount(): number {
    return this[engineSymbol].network.parameterCount;
  }

  /** The seed of weights, shuffling and noise. */
  get seed(): number {
    return this[engineSymbol].seed;
  }

  /**
   * Encodes n samples to n codes, in one array. With options it returns a promise and computes on several threads, or on one thread in
   * short steps between which the event loop runs. The bits are the same. Samples and weights must not change until the promise resolves.
   *
   * Errors: TypeError, RangeError when the samples do not fit or are not finite. With options the promise rejects with these errors, or with the signal's reason.
   */
  encode(x: Samples, options: ThreadOptions): Promise<Outputs>;
  encode(x: Samples): Outputs;
  encode(x: Samples, options?: ThreadOptions): Outputs | Promise<Outputs> {
    const { encoderNodes, latentShape } = this[engineSymbol].network;
    const check = () => new SampleBatch('x', x, this.inputShape);
    return this.#infer({ start: 0, end: encoderNodes, outputShape: latentShape, check }, options);
  }

  /** Decodes n codes to n samples, in one array. Options and errors: as `encode`. */
  decode(z: Samples, options: ThreadOptions): Promise<Outputs>;
  decode(z: Samples): Outputs;
  decode(z: Samples, options?: ThreadOptions): Outputs | Promise<Outputs> {
    const { encoderNodes, nodes, latentShape } = this[engineSymbol].network;
    const check = () => {
      decodingEngineOf(this);
      return new SampleBatch('z', z, latentShape);
    };
    return this.#infer({ start: encoderNodes, end: nodes.length, outputShape: this.inputShape, check }, options);
  }

  /** decode(encode(x)) in one pass. Options and errors: as `encode`. */
  reconstruct(x: Samples, options: ThreadOptions): Promise<Outputs>;
  reconstruct(x: Samples): Outputs;
  reconstruct(x: Samples, options?: ThreadOptions): Outputs | Promise<Outputs> {
    return this.#inferAll(x, decodingEngineOf, options);
  }

  /**
   * The outputs of the last layer for n samples, in one array: of the head, or of the decoder without a head. Options and errors: as
   * `encode`.
   */
  predict(x: Samples, options: ThreadOptions): Promise<Outputs>;
  predict(x: Samples): Outputs;
  predict(x: Samples, options?: ThreadOptions): Outputs | Promise<Outputs> {
    return this.#inferAll(x, engineOf, options);
  }

  /** Runs the whole network. `checkModel` throws if the model does not have the requested outputs. */
  #inferAll(x: Samples, checkModel: (model: Model) => Engine, options?: ThreadOptions): Outputs | Promise<Outputs> {
    const { nodes, outputShape } = this[engineSymbol].network;
    const check = () => {
      checkModel(this);
      return new SampleBatch('x', x, this.inputShape);
    };
    return this.#infer({ start: 0, end: nodes.length, outputShape, check }, options);
  }

  #infer(inference: Inference, options?: ThreadOptions): Outputs | Promise<Outputs> {
    const engine = this[engineSymbol];
    return options === undefined
      ? runNetwork(engine, inference, inference.check(), inference.outputShape)
      : runOnThreads(engine, inference, options);
  }

  /**
   * A copy of all weights, by name such as `encoder.0.kernel`, in the layouts of Keras: dense kernels are `[inputs, units]`. Kernels of
   * a quantized model are integers -127..127, to be multiplied by `kernel.scale`.
   */
  get weights(): Weights {
    const { memory, network } = this[engineSymbol];
    return Object.fromEntries(
      network.weights.map((weight) => [weight.path, { shape: weight.shape, data: readWeight(memory, weight) }]),
    );
  }

  /**
   * Sets all or some weights, by name. Errors: TypeError, RangeError for an unknown name, another shape or values that are not
   * finite; then no weight changes.
   */
  setWeights(weights: Readonly<Record<string, { readonly shape: Shape; readonly data: Float32Array }>>): void {
    const { memory, network } = this[engineSymbol];
    if (typeof weights !== 'object' || weights === null || Symbol.iterator in weights)
      throw wrongType('weights', 'an object of weights', weights);
    const weightsByPath = new Map(network.weights.map((weight) => [weight.path, weight]));
    const checked = Object.entries(weights).map(([path, tensor]) => {
      const name = `weights["${path}"]`;
      const weight = weightsByPath.get(path);
      if (!weight) throw wrongValue('weights', `names among ${[...weightsByPath.keys()].join(', ')}`, path);
      if (!isFloats(tensor?.data)) throw wrongType(name, '{ shape, data: Float32Array }', tensor);
      if (String(tensor.shape) !== String(weight.shape))
        throw wrongValue(`${name}.shape`, `[${weight.shape}]`, tensor.shape);
      if (tensor.data.length !== weight.size) throw wrongValue(name, `${weight.size} values`, tensor.data);
      const bad = firstNonFinite(tensor.data);
      if (bad >= 0) throw wrongValue(`${name}.data[${bad}]`, 'a finite number', tensor.data[bad]);
      const wrong = weight.storage?.firstInvalid(tensor.data) ?? -1;
      if (wrong >= 0) throw wrongValue(`${name}.data[${wrong}]`, 'integer -127..127', tensor.data[wrong]);
      return { weight, data: tensor.data };
    });
    for (const { weight, data } of checked) writeWeight(memory, weight, data);
  }

  /** The history of the running `fit`, else of the last `fit` or of the checkpoint; undefined without any. */
  get history(): History | undefined {
    return this[sessionSymbol].record?.history;
  }

  /** A table of the layers as text, as in Keras: path, type, output shape, number of weights; then the totals. */
  summary(): string {
    return summarize(this[engineSymbol].network, this.inputShape);
  }
}

/** @internal The engine of a model. Errors: TypeError for another value. */
export function engineOf(model: Model): Engine {
  const engine = model?.[engineSymbol];
  if (!engine) throw wrongType('model', 'a model made by autoencoder(), not one of a worker', model);
  return engine;
}

/** @internal As `engineOf`. Errors: also RangeError for a model without a decoder. */
export function decodingEngineOf(model: Model): Engine {
  const engine = engineOf(model);
  if (!model.spec.decoder) throw wrongValue('model', 'one with a decoder', model, 'one without');
  return engine;
}

/** @internal As `engineOf`. Errors: also RangeError for a quantized model; `expected`: the model that the caller takes, for the error. */
export function floatEngineOf(model: Model, expected = 'one with float weights'): Engine {
  const engine = engineOf(model);
  if (engine.network.nodes.some(({ definition }) => definition.inferenceOnly))
    throw wrongValue('model', expected, model, 'a quantized model');
  return engine;
}
