import { maxOf } from '../core/portable-math.ts';
import type { Shape } from '../core/shape.ts';
import { shapeText } from '../core/shape.ts';
import type { Network } from '../engine/graph.ts';

/** A table of layers: path, type, output shape, number of weights. The last line has the total and the shape of the code. */
export function summarize(network: Network, input: Shape): string {
  const rows = [
    ['layer', 'type', 'output', 'parameters'],
    ['input', '', shapeText(input), '0'],
    ...network.nodes.map((node) => {
      const count = node.weights.reduce((sum, weight) => sum + weight.size, 0);
      return [node.path, node.definition.type, shapeText(node.outputShape), String(count)];
    }),
  ];
  const widths = rows[0]!.map((_, column) => maxOf(rows, (row) => row[column]!.length));
  const formatRow = (row: string[]): string =>
    row.map((cell, i) => (i === row.length - 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ');
  const separator = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  const integers = network.weights.reduce((sum, { size, storage }) => sum + (storage ? size : 0), 0);
  const quantized = integers ? `, ${integers} weights of 8 bits` : '';
  const total = `${network.parameterCount} parameters${quantized}, latent ${shapeText(network.latentShape)}`;
  return [formatRow(rows[0]!), separator, ...rows.slice(1).map(formatRow), separator, total].join('\n');
}
