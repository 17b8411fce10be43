// What a contractive penalty is given of a trainer: the encoder's steps, room behind them, and the encoder once more.

import { wrongValue } from '../../core/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { kindAt } from '../../engine/layer-definition.ts';
import { chain } from '../../engine/schedule.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { updateOf } from '../optimizers/optimizer.ts';
import type { Step, TrainerOptions } from '../training-step.ts';
import type { Contraction, Setting } from './projected.ts';

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
    throw wrongValue('contractive', 'an encoder with something to train', nodes, 'none');
  }
  const { batchSize, seed } = options;
  // Behind normalization layers: a change in the units of the data would count most where these are smallest.
  const leading = nodes.findIndex(({ kind }) => !kind.identity && !kind.adapt);
  // Those on a path around which the input itself goes on do not stand in front of all that follows.
  const first = nodes.some(({ joined = leading }) => joined < leading - 1) ? 0 : leading;
  const linksTo = (end: number): number => chain(nodes, 0, end, true).links.length;
  const encoder = steps.slice(linksTo(first), linksTo(nodes.length));
  const own = nodes.slice(first).map((node) => {
    return { ...node, from: node.from - first, joined: node.joined === undefined ? undefined : node.joined - first };
  });
  const setting: Setting = {
    ...{ engine, kernels, batchSize, seed, gradients, room, encoder },
    nodes: own,
    input: linksTo(first) ? encoder[0]!.call.x : input,
    twice: (rows: number, differentiate: NonNullable<TrainerOptions['differentiate']>) => {
      const part = { ...network, nodes: own, output: own.at(-1)!.output, encoders: own.length };
      // The same memory and weights, and places of its own.
      const changed = {
        network: { value: part },
        input: { value: own[0]!.input },
        reserve: { value: room },
        behind: { value: () => room },
      };
      const none = { ...options.optimizer, [updateOf]: { slots: [], update() {} } };
      const inner = {
        ...options,
        corruption: [],
        augment: [],
        optimizer: none,
        targets: false,
        contractive: undefined,
      };
      const trainer = build(Object.create(engine, changed), { ...inner, batchSize: rows, differentiate }, kernels);
      return {
        input: trainer.input,
        block: trainer.block,
        gradients: (n: number, step: number) => trainer.pass(n, step),
      };
    },
  };
  return make(setting, layer);
}
