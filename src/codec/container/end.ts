// The record after the last block. docs/format.md describes its bytes.

import { type Checksum, withChecksum } from './checksum.ts';
import { readRecord, writeRecord } from './record.ts';

export const END_MARK = 0xe0d5;
/** Bytes of the record, its checksum included. */
export const END_BYTES = 36;

const endFields = {
  mark: 'Uint32',
  blocks: 'Uint32',
  /** Number of samples modulo 2^32, and divided by 2^32. */
  samples: 'Uint32',
  samplesHigh: 'Uint32',
  maxError: 'Float64',
  meanSquaredError: 'Float64',
} as const;

export interface EndRecord {
  /** Number of blocks, modulo 2^32. */
  readonly blocks: number;
  readonly samples: number;
  /** Errors over all samples; NaN where they were not measured. */
  readonly maxError: number;
  readonly meanSquaredError: number;
}

export const writeEnd = (end: EndRecord, checksum: Checksum): Uint8Array<ArrayBuffer> =>
  withChecksum(writeRecord(endFields, { ...end, mark: END_MARK, samplesHigh: end.samples / 2 ** 32 }), checksum);

/** The record that the bytes begin with. `recordKind` has verified its mark and its checksum. */
export function readEnd(bytes: Uint8Array): EndRecord {
  const record = readRecord(endFields, bytes);
  return { ...record, samples: record.samples + 2 ** 32 * record.samplesHigh };
}
