// The grid over the map of codes of two values.
import { GRID } from './protocol.ts';

/** The range of the map: 98 % of the values are within ± the range, which is at least 1. */
export function rangeOf(points: Float32Array): number {
  const sizes = points.map(Math.abs).sort();
  return Math.max(1, (sizes[Math.floor(sizes.length * 0.98)] ?? 1) * 1.1);
}

/** The codes of the nodes of the grid, row by row, from the top left. */
export function gridCodes(range: number): Float32Array<ArrayBuffer> {
  const codes = new Float32Array(2 * GRID * GRID);
  for (let row = 0; row < GRID; row++)
    for (let column = 0; column < GRID; column++) {
      const index = 2 * (row * GRID + column);
      codes[index] = range * ((2 * (column + 0.5)) / GRID - 1);
      codes[index + 1] = range * (1 - (2 * (row + 0.5)) / GRID);
    }
  return codes;
}
