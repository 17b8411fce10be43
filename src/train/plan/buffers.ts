import { maxOf } from '../../core/portable-math.ts';
import type { Arena } from '../../engine/arena.ts';
import type { TrainingSchedule } from './schedule.ts';

/** Byte addresses of a training step's buffers. Lists have an entry for each op of the schedule. */
export interface TrainingBuffers {
  readonly outputs: readonly number[];
  /**
   * Gradients of the outputs. Without skips, two buffers take turns: an op reads the gradient of its output while it writes
   * that of its input. With skips, an output's gradient may wait for a second consumer, so each op has a buffer.
   */
  readonly outputGradients: readonly number[];
  /** Values that a layer saves for its backward pass; 0 where it saves none. */
  readonly saved: readonly number[];
  /** Shared by all layers: its contents last for one call. */
  readonly workspace: number;
  /** Gradients of later consumers, until they are added to the first one's: one buffer, or one for each input of an op. */
  readonly spareGradients: readonly number[];
  /** The batch after corruption. Empty without corruption. */
  readonly corrupted: number;
}

/** `transformWorkspace`: bytes of workspace that augmentations and corruptions need. `corruptedSize`: values of a corrupted sample, 0 without corruption. */
export function allocateBuffers(
  { ops, frozenOps, spareGradients }: TrainingSchedule,
  batchSize: number,
  arena: Arena,
  transformWorkspace = 0,
  corruptedSize = 0,
): TrainingBuffers {
  const outputBytes = ops.map(({ node }) => node.outputSize * batchSize * 4);
  const widest = maxOf(outputBytes, (bytes) => bytes);
  const savedBytes = ops.map(({ node: { definition, layer, inputShape } }, i) =>
    i < frozenOps ? 0 : 4 * (definition.saved?.(layer, inputShape, batchSize) ?? 0),
  );
  const workspace = maxOf(
    ops,
    ({ node: { definition, layer, inputShape } }) => definition.workspace?.(layer, inputShape, batchSize) ?? 0,
    transformWorkspace,
  );
  const blocks = arena.alloc({
    outputs: outputBytes,
    outputGradients: spareGradients ? outputBytes : [widest, widest],
    saved: savedBytes,
    corrupted: corruptedSize * batchSize * 4,
    workspace,
    spareGradients: Array(spareGradients).fill(widest),
  });
  return {
    ...blocks,
    outputGradients: ops.map((_, i) => blocks.outputGradients[spareGradients ? i : i % 2]!),
    saved: blocks.saved.map((address, i) => (savedBytes[i] ? address : 0)),
  };
}
