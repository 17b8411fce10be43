// What a contractive penalty is given of a trainer: the encoder's steps, room behind them, and the encoder once more.

import { wrongValue } from '../../core/errors.ts';
import type { Arena, BlockSizes } from '../../engine/arena.ts';
import type { Engine } from '../../engine/engine.ts';
import { definitionOf } from '../../engine/layer-definition.ts';
import { schedule } from '../../engine/schedule.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { updateSymbol } from '../optimizers/optimizer.ts';
import type { TrainerOptions, TrainingStep } from '../training-step.ts';
import type { ContractivePenalty, PenaltyContext } from './projected.ts';

/** What it needs of the trainer of a part. */
interface EncoderTrainer {
  readonly input: number;
  readonly gradients: number;
  pass(rows: number, step: number): number;
}

export interface ContractiveContext {
  readonly engine: Engine;
  readonly options: TrainerOptions;
  readonly kernels: Kernels;
  readonly steps: readonly TrainingStep[];
  /** The batch, and the block of gradients. */
  readonly input: number;
  readonly gradients: number;
  /** For blocks that last for a step. */
  readonly arena: Arena;
  createTrainer(engine: Engine, options: TrainerOptions, kernels: Kernels): EncoderTrainer;
}

/** The penalty that `fit` or the bottleneck asks for; undefined without one, and where the encoder is not trained. */
export function contractivePenaltyOf({
  engine,
  options,
  kernels,
  steps,
  input,
  gradients,
  arena,
  createTrainer,
}: ContractiveContext): ContractivePenalty | undefined {
  const { network } = engine;
  const latent = network.nodes.findIndex(({ path }) => path === 'latent');
  const nodes = network.nodes.slice(0, latent < 0 ? network.encoderNodes : latent);
  const layer = options.contractive ?? network.nodes[latent]?.layer;
  const make = layer && definitionOf(layer, 'contractive').contractivePenalty;
  if (!make || network.frozenNodes) return undefined;
  if (nodes.every(({ weights }) => weights.every(({ fixed }) => fixed))) {
    throw wrongValue('contractive', 'an encoder with something to train', nodes, 'none');
  }
  const { batchSize, seed } = options;
  // Behind normalization layers: a change in the units of the data would count most where these are smallest.
  const leading = nodes.findIndex(({ definition }) => !definition.identity && !definition.adapt);
  // Those on a path around which the input itself goes on do not stand in front of all that follows.
  const first = nodes.some(({ skipInput = leading }) => skipInput < leading - 1) ? 0 : leading;
  const linksTo = (end: number): number => schedule(nodes, 0, end, true).ops.length;
  const encoder = steps.slice(linksTo(first), linksTo(nodes.length));
  const own = nodes.slice(first).map((node) => {
    return {
      ...node,
      source: node.source - first,
      skipInput: node.skipInput === undefined ? undefined : node.skipInput - first,
    };
  });
  const setting: PenaltyContext = {
    ...{ engine, kernels, batchSize, seed, gradients, arena, encoder },
    nodes: own,
    input: linksTo(first) ? encoder[0]!.call.x : input,
    planSecondEncoder: (rows: number, outputGradient: NonNullable<TrainerOptions['outputGradient']>) => {
      const part = { ...network, nodes: own, outputShape: own.at(-1)!.outputShape, encoderNodes: own.length };
      // The same memory and weights, and places of its own.
      const changed = {
        network: { value: part },
        inputShape: { value: own[0]!.inputShape },
        allocatePersistent: { value: (sizes: BlockSizes) => arena.alloc(sizes) },
        stepArena: { value: () => arena },
      };
      const none = { ...options.optimizer, [updateSymbol]: { slots: [], update() {} } };
      const inner = {
        ...options,
        corruption: [],
        augment: [],
        optimizer: none,
        hasTargets: false,
        contractive: undefined,
      };
      const trainer = createTrainer(
        Object.create(engine, changed),
        { ...inner, batchSize: rows, outputGradient },
        kernels,
      );
      return {
        input: trainer.input,
        gradientBlock: trainer.gradients,
        gradients: (n: number, step: number) => trainer.pass(n, step),
      };
    },
  };
  return make(setting, layer);
}
