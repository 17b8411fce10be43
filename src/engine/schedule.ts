// The part of a network that a pass goes through, and where the outputs of its nodes lie.

import type { Network, Node } from './graph.ts';

export interface Op {
  readonly node: Node;
  /** The link whose output it reads, -1 for the input; and the second one where two paths join. */
  readonly input: number;
  readonly skipInput: number | undefined;
}

/**
 * Nodes `start`..`end` without those that change nothing in this pass: reshapes always, noise and dropout at
 * inference and in the `frozen` first nodes. `last` is the link that holds the output, -1 when nothing is left to do.
 */
export function schedule(
  nodes: readonly Node[],
  start: number,
  end: number,
  training: boolean,
  frozen = 0,
): { ops: Op[]; last: number } {
  const ops: Op[] = [];
  // What each node's output is: the output of a link.
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

/** A block for each link's output, blocks being used again once nobody reads them any more. Sizes in values. */
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
 * The last node of a network that does something, where it only changes the scale of the output, as one that has the
 * inverse layer: a loss is measured in front of it, on targets that went through this one. `at`: its index.
 */
export function outputScale({ nodes }: Network): (Node & { readonly at: number }) | undefined {
  const at = nodes.findLastIndex(({ definition }) => !definition.identity);
  const node = nodes[at];
  const layer = node?.definition.inverse?.(node.layer);
  return layer && { ...node!, layer, at };
}
