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

/** [rows][columns] as [columns][rows]. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c]!;
  return result;
}

/** The plan of a layer for its input. `Plan`: the type that its definition returns. */
export const planOf = <Plan>({ node }: Pick<LayerText, 'node'>): Plan =>
  node.definition.plan!(node.layer, node.inputShape) as Plan;
