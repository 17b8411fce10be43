// What a contractive penalty is given of a trainer: the encoder's steps, room behind them, and the encoder once more.

import { chain } from '../engine/chain.ts';
import type { Engine } from '../engine/engine.ts';
import { wrongValue } from '../errors.ts';
import { kindAt } from '../layers/layer.ts';
import { updateOf } from '../optimizers/optimizer.ts';
import type { Kernels } from '../wasm/kernels.ts';
import type { Contraction, Setting } from './contraction.ts';
import type { Step, TrainerOptions } from './step.ts';

/** What it needs of the trainer of a part. */
interface Inner {
  readonly input: number;
  readonly block: number;
  pass(rows: number, step: number): number;
}

export interface Whole {
  readonly engine: Engine;
  readonly options: TrainerOptions;
  readonly kernels: Kernels;
  readonly steps: readonly Step[];
  /** The batch, and the block of gradients. */
  readonly input: number;
  readonly gradients: number;
  /** Addresses of blocks that last for a step. */
  room(sizes: readonly number[]): number[];
  build(engine: Engine, options: TrainerOptions, kernels: Kernels): Inner;
}

/** The penalty that `fit` or the bottleneck asks for; undefined without one, and where the encoder is not trained. */
export function contractionOf({
  engine,
  options,
  kernels,
  steps,
  input,
  gradients,
  room,
  build,
}: Whole): Contraction | undefined {
  const { network } = engine;
  const latent = network.nodes.findIndex(({ path }) => path === 'latent');
  const nodes = network.nodes.slice(0, latent < 0 ? network.encoders : latent);
  const layer = options.contractive ?? network.nodes[latent]?.layer;
  const make = layer && kindAt(layer, 'contractive').contraction;
  if (!make || network.frozen) return undefined;
  if (nodes.every(({ weights }) => weights.every(({ fixed }) => fixed))) {
    throw wrongValue('contractive', 'an encoder with something to train', 'none');
  }
  const { batchSize, seed } = options;
  const setting: Setting = {
    ...{ engine, kernels, nodes, batchSize, seed, input, gradients, room },
    encoder: steps.slice(0, chain(nodes, 0, nodes.length, true).links.length),
    twice: (rows: number, differentiate: NonNullable<TrainerOptions['differentiate']>) => {
      const part = { ...network, nodes, output: nodes[nodes.length - 1]!.output, encoders: nodes.length };
      // The same memory and weights, and places of its own.
      const own = { network: { value: part }, reserve: { value: room }, behind: { value: () => room } };
      const none = { ...options.optimizer, [updateOf]: { slots: [], update() {} } };
      const inner = {
        ...options,
        corruption: [],
        augment: [],
        optimizer: none,
        targets: false,
        contractive: undefined,
      };
      const trainer = build(Object.create(engine, own), { ...inner, batchSize: rows, differentiate }, kernels);
      return {
        input: trainer.input,
        block: trainer.block,
        gradients: (n: number, step: number) => trainer.pass(n, step),
      };
    },
  };
  return make(setting, layer);
}
