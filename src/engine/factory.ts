import type { Source } from '../wasm/modules.ts';
import type { Engine } from './engine.ts';
import type { Network } from './graph.ts';
import type { Shape } from './layer-definition.ts';

/** Where models live: what `autoencoder` takes as its option `factory`, such as `tfjsEngine(tf)` of isthmus/tfjs. */
export interface EngineFactory {
  readonly name: string;
  /** @internal `others`: modules of kernels that something else than the model needs. */
  create(network: Network, input: Shape, seed: number, others: readonly Source[]): Promise<Engine>;
}

/** Where the kernels of a model come from, and with them those of the models that are made of it. */
export interface KernelProvider {
  readonly factory: EngineFactory;
  /** Of a `WebAssembly.Module`, which not every project has a type for. */
  moduleOf(source: Source): Promise<object>;
}
