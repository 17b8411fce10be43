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
  /** Integer 0..2^53-1 that weights, shuffling and noise come from. Default: one at random, see `model.seed`. */
  readonly seed?: number;
  /** Where the model lives: a memory of its own (default), or that of TensorFlow.js, see `tfjsEngine` of isthmus/tfjs. */
  readonly engine?: EngineFactory;
}

/** @internal A model that is checked and planned, and takes no memory yet. */
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

/** @internal A seed that nobody chose: 32 random bits. Not secret, and some runtimes have no `crypto`. */
export const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** @internal Errors: TypeError, RangeError when the spec is wrong, its shapes do not meet or it needs more than 4 GB. */
export function planModel(spec: AutoencoderSpec, options: AutoencoderOptions, needsDecoder = true): ModelPlan {
  const { seed, engine } = validate('options', options, {
    seed: optional(validSeed),
    engine: optional(engineWith, Engine),
  });
  const checked = checkSpec(spec, needsDecoder);
  const network = buildNetwork(checked);
  return { spec: checked, network, seed: seed ?? randomSeed(), engine };
}

/** @internal The model of a draft, its weights all zero. Errors: UnsupportedError without SIMD. */
export async function createModel(
  { spec, network, seed, engine }: ModelPlan,
  others: readonly Source[] = [],
): Promise<Model> {
  return new Model(spec, await engine.create(network, spec.input, seed, others));
}

/**
 * Builds a model with fresh weights in a memory of its own. Errors: TypeError, RangeError when the spec is
 * wrong, its shapes do not meet or it needs more than 4 GB, before anything is allocated; RangeError when the runtime
 * has no more memory; UnsupportedError without WebAssembly SIMD, or where a page's policy forbids to compile.
 */
export async function autoencoder(spec: AutoencoderSpec, options: AutoencoderOptions = {}): Promise<Model> {
  const model = await createModel(planModel(spec, options));
  initialize(model[engineSymbol]);
  return model;
}
