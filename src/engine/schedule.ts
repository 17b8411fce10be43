// The ops of one pass through a part of a network, and the buffers of their outputs.

import type { Network, Node } from './graph.ts';

export interface Op {
  readonly node: Node;
  /** Index of the op whose output is the input, -1 for the input of the pass; and of the second input of a join. */
  readonly input: number;
  readonly skipInput: number | undefined;
}

/**
 * The ops of nodes `start`..`end`: all nodes but reshapes and, at inference and among the `frozen` first nodes, noise and
 * dropout. `last` is the index of the op with the output, -1 without any op.
 */
export function schedule(
  nodes: readonly Node[],
  start: number,
  end: number,
  training: boolean,
  frozen = 0,
): { ops: Op[]; last: number } {
  const ops: Op[] = [];
  // For each node, the op that produces its output. The output of a node without an op is that of its input.
  const producer = new Map<number, number>([[start - 1, -1]]);
  for (let i = start; i < end; i++) {
    const node = nodes[i]!;
    const input = producer.get(node.source)!;
    if (node.definition.identity || (node.definition.trainingOnly && (!training || i < frozen))) {
      producer.set(i, input);
    } else {
      const skipInput = node.skipInput === undefined ? undefined : producer.get(node.skipInput)!;
      ops.push({ node, input, skipInput });
      producer.set(i, ops.length - 1);
    }
  }
  return { ops, last: producer.get(end - 1)! };
}

/** A buffer for each op's output. A buffer is reused after its last consumer. Sizes in values. */
export function assignBuffers(ops: readonly Op[]): { block: number[]; sizes: number[] } {
  const lastUse = ops.map((_, i) => i);
  ops.forEach(({ input, skipInput }, i) => {
    for (const source of [input, skipInput]) if (source !== undefined && source >= 0) lastUse[source] = i;
  });
  lastUse[ops.length - 1] = ops.length;
  const sizes: number[] = [];
  const owner: number[] = [];
  const block = ops.map(({ node }, i) => {
    let free = owner.findIndex((link) => lastUse[link]! < i);
    if (free < 0) free = sizes.push(0) - 1;
    owner[free] = i;
    sizes[free] = Math.max(sizes[free]!, node.outputSize);
    return free;
  });
  return { block, sizes };
}

/**
 * The last node that does more than reshape, if it only scales the output, with the inverse as its layer. Losses are measured
 * before this node, on targets to which the inverse is applied. `at`: index of the node.
 */
export function outputScale({ nodes }: Network): (Node & { readonly at: number }) | undefined {
  const at = nodes.findLastIndex(({ definition }) => !definition.identity);
  const node = nodes[at];
  const layer = node?.definition.inverse?.(node.layer);
  return layer && { ...node!, layer, at };
}
