// The translation of one layer: the row of a layer in the table layers.ts, and the arguments that its functions get.

import type { Node } from '../engine/graph.ts';
import type { Writer } from './writer.ts';

/** A call of a layer for one sample. Members that are texts are C expressions of type `float *`. */
export interface LayerText {
  readonly node: Node;
  readonly writer: Writer;
  /** The output. For a layer that works in place, it has the values of the input already. */
  readonly y: string;
  /** The input. */
  readonly x: string;
  /** The input of the wrapped layers of a join. */
  readonly skipInput: string;
  readonly workspace: string;
}

/** How a layer is written in C. `Options`: those of its factory. */
export interface LayerTranslation<Options = Record<never, never>> {
  /** The layer changes its input to its output, value by value or row by row. */
  readonly inPlace?: boolean;
  /** Number of values that a call needs besides input and output. */
  workspace?(node: Node, options: Options): number;
  /** The statements of a call. */
  statements(call: LayerText, options: Options): string[];
}

/** The statement of an activation of y[rows][n]; none for `linear`. */
export function activationStatements(y: string, activation: string | undefined, size: number, n: number): string[] {
  if (activation === undefined || activation === 'linear') return [];
  if (activation === 'softmax') return [`$softmax(${y}, ${size / n}, ${n});`];
  return [`$${activation === 'leakyRelu' ? 'leaky_relu' : activation}(${y}, ${size});`];
}

/** For each value of a transposed matrix [columns][rows], its index in the matrix [rows][columns]; `from`: index of the first value. */
export const transposed = (rows: number, columns: number, from = 0): number[] =>
  Array.from({ length: rows * columns }, (_, i) => from + (i % rows) * columns + Math.floor(i / rows));

/** The plan of a layer for its input. `Plan`: the type that its definition returns. */
export const planOf = <Plan>({ node }: Pick<LayerText, 'node'>): Plan =>
  node.definition.plan!(node.layer, node.inputShape) as Plan;
