// Parts of graphs for the tests of `fromOnnx`.

import type { Message } from '../../src/onnx/write/message.ts';
import { floats, type NodeText } from './graph-file.ts';
import { sizeOf, values } from './models.ts';

/** A tensor of random values. */
export const weights = (name: string, ...dims: number[]): Message =>
  floats(name, dims, [...values(sizeOf(dims), sizeOf(dims) + name.length)].map((value) => value / 3)); // biome-ignore format: one line

/** Nodes in a row: each one's first input is the output of the one before. */
export const chain = (...nodes: (Omit<NodeText, 'inputs'> & { inputs?: string[] })[]): NodeText[] =>
  nodes.map((node, i) => ({
    ...node,
    inputs: [i ? `v${i - 1}` : 'x', ...(node.inputs ?? [])],
    output: i === nodes.length - 1 ? 'y' : `v${i}`,
  }));
