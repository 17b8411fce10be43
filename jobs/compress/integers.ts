// Integers to bytes: the values or their first or second differences as varints, deflated.

import { FormatError } from 'isthmus';
import { deflate } from './chunks.ts';

/** How often the differences of neighbours are taken. */
export const orders = [0, 1, 2] as const;
export type DifferenceOrder = (typeof orders)[number];

/** Largest absolute value whose folded form is exact in float64. */
export const MAX_INTEGER = 2 ** 51;

/** x[0], x[1] - x[0], x[2] - x[1] and so on, `order` times. Undefined where a difference is too large. */
export function differences(values: Float64Array, order: DifferenceOrder): Float64Array | undefined {
  const result = values.slice();
  for (let round = 0; round < order; round++) {
    for (let i = result.length - 1; i > 0; i--) result[i]! -= result[i - 1]!;
  }
  return result.every((value) => Math.abs(value) <= MAX_INTEGER) ? result : undefined;
}

/** The inverse of `differences`, in place. */
export function sums(values: Float64Array<ArrayBuffer>, order: DifferenceOrder): Float64Array<ArrayBuffer> {
  for (let round = 0; round < order; round++) {
    for (let i = 1; i < values.length; i++) values[i]! += values[i - 1]!;
  }
  return values;
}

/** Varints of folded integers: 2 · x for x ≥ 0, else -2 · x - 1; 7 bits a byte, the lowest first. */
function toVarints(values: Float64Array): Uint8Array {
  let bytes = new Uint8Array(values.length + 16);
  let length = 0;
  for (const value of values) {
    if (length + 8 > bytes.length) {
      const larger = new Uint8Array(2 * bytes.length);
      larger.set(bytes);
      bytes = larger;
    }
    let rest = value >= 0 ? 2 * value : -2 * value - 1;
    while (rest >= 128) {
      bytes[length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[length++] = rest;
  }
  return bytes.subarray(0, length);
}

function fromVarints(bytes: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  // Each varint has at least one byte.
  if (count > bytes.length) throw new FormatError('corrupt', 'the file is damaged: numbers are missing');
  const values = new Float64Array(count);
  let offset = 0;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[offset++];
      if (byte === undefined || scale > 2 ** 53)
        throw new FormatError('corrupt', 'the file is damaged: a number cannot be read');
      value += (byte % 128) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    values[i] = value % 2 ? -(value + 1) / 2 : value / 2;
  }
  if (offset !== bytes.length) throw new FormatError('corrupt', 'the file is damaged: too many numbers');
  return values;
}

export interface DeflatedIntegers {
  readonly order: DifferenceOrder;
  readonly packed: Uint8Array<ArrayBuffer>;
  /** Bytes of the varints. */
  readonly size: number;
}

/** The order of differences that deflates best, and its bytes. `values`: integers within ± 2^51. */
export function deflateIntegers(values: Float64Array): DeflatedIntegers {
  let best: DeflatedIntegers | undefined;
  for (const order of orders) {
    const changes = differences(values, order);
    if (!changes) continue;
    const varints = toVarints(changes);
    const packed = deflate(varints);
    if (!best || packed.length < best.packed.length) best = { order, packed, size: varints.length };
  }
  if (!best) throw new RangeError(`"values" expected integers within ± 2^51`);
  return best;
}

/** The integers of inflated varints. Errors: FormatError. */
export const readIntegers = (varints: Uint8Array, count: number, order: DifferenceOrder): Float64Array<ArrayBuffer> =>
  sums(fromVarints(varints, count), order);
