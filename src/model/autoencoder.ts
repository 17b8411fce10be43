import { wrongType } from '../core/errors.ts';
import { type Check, optional, validate, validSeed } from '../core/validate.ts';
import { Engine, type EngineFactory } from '../engine/engine.ts';
import { buildNetwork, type Network } from '../engine/graph.ts';
import { initialize } from '../engine/initialize.ts';
import type { Source } from '../wasm/modules.ts';
import { engineSymbol, Model } from './model.ts';
import { type AutoencoderSpec, checkSpec } from './spec.ts';

/** Options of `autoencoder`. */
export interface AutoencoderOptions {
  /** Seed of weights, shuffling and noise: an integer, 0..2^53-1. Default: a random one, which `model.seed` returns. */
  readonly seed?: number;
  /** Default: the model allocates its own memory. `tfjsEngine` of isthmus/tfjs allocates the model in the memory of TensorFlow.js. */
  readonly engine?: EngineFactory;
}

/** @internal A model before memory is allocated: the checked spec and the network with its shapes. */
export interface ModelPlan {
  readonly spec: AutoencoderSpec;
  readonly network: Network;
  readonly seed: number;
  readonly engine: EngineFactory;
}

const engineWith: Check<EngineFactory> = (name, value) => {
  if (typeof (value as EngineFactory | null)?.create === 'function') return value as EngineFactory;
  throw wrongType(name, 'an engine such as tfjsEngine(tf)', value);
};

/** @internal The default seed: 32 random bits. `Math.random` suffices, as a seed is not secret and some runtimes have no `crypto`. */
export const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** @internal Checks spec and options. Errors: TypeError, RangeError for a wrong spec, shapes that do not match, and more than 4 GB. */
export function planModel(spec: AutoencoderSpec, options: AutoencoderOptions, needsDecoder = true): ModelPlan {
  const { seed, engine } = validate('options', options, {
    seed: optional(validSeed),
    engine: optional(engineWith, Engine),
  });
  const checked = checkSpec(spec, needsDecoder);
  const network = buildNetwork(checked);
  return { spec: checked, network, seed: seed ?? randomSeed(), engine };
}

/** @internal Allocates a planned model. All weights are 0. Errors: UnsupportedError without SIMD. */
export async function createModel(
  { spec, network, seed, engine }: ModelPlan,
  extraModules: readonly Source[] = [],
): Promise<Model> {
  return new Model(spec, await engine.create(network, spec.input, seed, extraModules));
}

/**
 * Builds a model with newly initialized weights. Errors: TypeError, RangeError for a wrong spec, shapes that do not match, and a
 * model of more than 4 GB, all before anything is allocated; RangeError if the runtime has too little memory; UnsupportedError
 * without WebAssembly SIMD, or if the Content Security Policy of the page forbids compilation.
 *
 * @example
 * ```ts
 * import { autoencoder, dense } from 'isthmus';
 *
 * const model = await autoencoder(
 *   {
 *     input: [16],
 *     encoder: [dense({ units: 8, activation: 'relu' }), dense({ units: 3 })],
 *     decoder: [dense({ units: 8, activation: 'relu' }), dense({ units: 16 })],
 *   },
 *   { seed: 1 },
 * );
 * const two = new Float32Array(2 * 16);
 * console.log(model.encode(two).length, model.reconstruct(two).length, model.parameterCount);
 * // prints 6 32 339
 * ```
 */
export async function autoencoder(spec: AutoencoderSpec, options: AutoencoderOptions = {}): Promise<Model> {
  const model = await createModel(planModel(spec, options));
  initialize(model[engineSymbol]);
  return model;
}
