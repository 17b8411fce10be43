import type { Arena } from '../../engine/arena.ts';
import { newCall } from '../../engine/executor.ts';
import type { Node } from '../../engine/graph.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { ForwardStep } from './step.ts';

/**
 * A step that brings the targets to the scale that the loss is measured on: `scale` is the inverse of the model's last layer.
 * It writes to a block that it allocates.
 */
export function planTargetScale(
  scale: Node,
  target: number,
  batchSize: number,
  memory: Memory,
  arena: Arena,
): ForwardStep {
  const { scaled } = arena.alloc({ scaled: batchSize * scale.outputSize * 4 });
  return { ...scale, call: newCall(scale, memory, { x: target, y: scaled }) };
}
