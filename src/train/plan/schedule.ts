import { wrongValue } from '../../core/errors.ts';
import { maxOf } from '../../core/portable-math.ts';
import type { Network } from '../../engine/graph.ts';
import { type Op, schedule } from '../../engine/schedule.ts';

/** The ops of a training step, in the order of the forward pass. */
export interface TrainingSchedule {
  readonly ops: readonly Op[];
  /** Number of ops, from the first on, that belong to frozen layers: they run forward only. */
  readonly frozenOps: number;
  /** Index of the op whose output the loss is measured on. */
  readonly outputOp: number;
  /**
   * Spare gradients that an op needs at most: 0 in a chain; 1 with skips, where an output may have several consumers; 2 where
   * both inputs of an op have a later consumer.
   */
  readonly spareGradients: number;
}

/**
 * Schedules the nodes of a network before node `end`. `stochastic`: with noise and dropout layers. Errors: RangeError where
 * every op is frozen or nothing is left to train.
 */
export function trainingSchedule(network: Network, end: number, stochastic: boolean): TrainingSchedule {
  const { nodes, frozenNodes } = network;
  const { ops, last } = schedule(nodes, 0, end, stochastic, frozenNodes);
  const frozenOps = ops.filter(({ node }) => nodes.indexOf(node) < frozenNodes).length;
  if (last < frozenOps) throw wrongValue('model', 'a layer with trainable weights', last, 'none');
  const lastConsumer = new Map<number, number>();
  ops.forEach(({ input, skipInput = input }, i) => {
    lastConsumer.set(input, i).set(skipInput, i);
  });
  const isReadAfter = (producer: number, i: number): boolean => lastConsumer.get(producer)! > i;
  const spareGradients = maxOf([...ops.entries()], ([i, { input, skipInput }]) => {
    if (skipInput === undefined) return 0;
    return isReadAfter(input, i) && isReadAfter(skipInput, i) ? 2 : 1;
  });
  return { ops, frozenOps, outputOp: last, spareGradients };
}
