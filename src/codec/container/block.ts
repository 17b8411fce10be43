// The header of a block of samples. docs/format.md describes its bytes.

import { type Checksum, withChecksum } from './checksum.ts';
import { type RecordOf, readRecord, writeRecord } from './record.ts';

export const BLOCK_MARK = 0xb10c;
/** Bytes of a block's header, its checksum included. The payload follows it. */
export const BLOCK_HEADER_BYTES = 28;

const blockFields = {
  mark: 'Uint16',
  /** Samples in the block. */
  samples: 'Uint16',
  /** Index of its first sample, modulo 2^32. */
  first: 'Uint32',
  payloadBytes: 'Uint32',
  /** Absolute bound on every error; 0 without one. */
  bound: 'Float64',
  payloadCrc: 'Uint32',
} as const;

export type BlockHeader = Omit<RecordOf<typeof blockFields>, 'mark'>;

export const writeBlockHeader = (header: BlockHeader, checksum: Checksum): Uint8Array<ArrayBuffer> =>
  withChecksum(writeRecord(blockFields, { ...header, mark: BLOCK_MARK }), checksum);

/** The header that the bytes begin with. `recordKind` has verified its mark and its checksum. */
export const readBlockHeader = (bytes: Uint8Array): BlockHeader => readRecord(blockFields, bytes);
