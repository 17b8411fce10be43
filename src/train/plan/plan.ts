// The plan of a training step: which layers run in which order, and where each reads and writes.

import { maxOf } from '../../core/portable-math.ts';
import * as randomStreams from '../../core/random-streams.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import type { Arena } from '../../engine/arena.ts';
import { definitionOf } from '../../engine/define-layer.ts';
import { seedWords } from '../../engine/engine.ts';
import { newCall } from '../../engine/executor.ts';
import type { Network } from '../../engine/graph.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import type { Address } from '../../wasm/kernels.ts';
import type { Memory } from '../../wasm/memory.ts';
import { allocateBuffers } from './buffers.ts';
import { planGradients } from './gradients.ts';
import { fuseReluGradients } from './relu-gradients.ts';
import { trainingSchedule } from './schedule.ts';
import type { ForwardStep, TrainingStep } from './step.ts';
import { transformSteps } from './transforms.ts';

export interface PlanOptions {
  readonly network: Network;
  readonly inputShape: Shape;
  readonly batchSize: number;
  readonly seed: number;
  /** Index of the node before which the network ends. Default: the whole network. */
  readonly end?: number;
  readonly augment?: readonly Layer[];
  readonly corruption?: readonly Layer[];
  /** Weight of a bit in the loss, per value of the output. Default 0: the rate is not trained. */
  readonly rateWeight?: number;
  /** A second pass over the encoder in the same step: without noise and dropout, and running statistics stay as they are. Default false. */
  readonly extraPass?: boolean;
}

/** Byte addresses that a plan is given. */
export interface PlanAddresses {
  readonly input: number;
  /** Targets that augmentations move along with the input; 0 for none. */
  readonly target: number;
  /** The block of gradients, laid out like the weights. */
  readonly gradients: number;
}

export interface TrainingPlan {
  /** Steps that change the samples and the targets of a batch before the network reads them: augmentations and corruptions. */
  readonly transforms: ForwardStep[];
  /** Address of the samples that the first layer reads. */
  readonly networkInput: Address;
  /** Frozen layers, which run forward only. */
  readonly frozen: readonly TrainingStep[];
  /** Steps that run forward and backward. */
  readonly trained: readonly TrainingStep[];
  /** The step whose output the loss is measured on. */
  readonly output: TrainingStep;
}

/** Errors: RangeError when nothing is left to train or the runtime has no more memory. */
export function planTraining(
  o: PlanOptions,
  { input, target, gradients }: PlanAddresses,
  memory: Memory,
  arena: Arena,
): TrainingPlan {
  const { network, inputShape, batchSize, augment = [], corruption = [], rateWeight = 0, extraPass = false } = o;
  const schedule = trainingSchedule(network, o.end ?? network.nodes.length, !extraPass);
  const { ops, frozenOps, outputOp } = schedule;
  const transformWorkspace = maxOf(
    [...augment, ...corruption],
    (layer) => definitionOf(layer, 'corruption').workspace?.(layer, inputShape, batchSize) ?? 0,
  );
  const corruptedSize = corruption.length ? sizeOf(inputShape) : 0;
  const buffers = allocateBuffers(schedule, batchSize, arena, transformWorkspace, corruptedSize);
  const { outputs, outputGradients, saved, workspace, corrupted } = buffers;
  const opGradients = planGradients(schedule, buffers);
  const [seedLow, seedHigh] = seedWords(o.seed);
  const batch = { fraction: 1, updateStatistics: !extraPass };
  const random = { step: 0, seedLow, seedHigh };
  const transforms = transformSteps(
    { augment, corruption, inputShape, batch, random },
    { input, target, corrupted, workspace },
    memory,
  );
  const firstInput = corruption.length ? corrupted : input;
  const outputOf = (op: number): number => outputs[op] ?? firstInput;
  const { outputSize: outputValues } = ops[outputOp]!.node;
  const steps = ops.map(({ node, input, skipInput }, i): TrainingStep => {
    const { inputGradient, skipInputGradient, accumulations } = opGradients[i]!;
    const { definition, weights } = node;
    const call = newCall(node, memory, {
      training: i >= frozenOps ? batch : undefined,
      random: { ...random, stream: randomStreams.layers + network.nodes.indexOf(node) },
      x: outputOf(input),
      y: outputs[i]!,
      dx: inputGradient,
      dy: outputGradients[i]!,
      saved: saved[i]!,
      workspace,
      ...(skipInput !== undefined && { skipInput: outputOf(skipInput), skipInputGradient }),
      ...(definition.bottleneck && { outputValues, rateWeight: definition.codeBits ? rateWeight : 0 }),
      gradients: weights.map(({ fixed, offset }) => (fixed ? 0 : gradients + offset)),
    });
    return { ...node, call, accumulations };
  });
  const trained = steps.slice(frozenOps);
  if (!schedule.spareGradients) fuseReluGradients(trained);
  return {
    transforms,
    networkInput: firstInput,
    frozen: steps.slice(0, frozenOps),
    trained,
    output: steps[outputOp]!,
  };
}
