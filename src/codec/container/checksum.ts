// Every record ends in a CRC-32C of all of its other bytes.

import { concat } from '../../core/bytes.ts';
import { readUint32, uint32Bytes } from './record.ts';

/** CRC-32C of bytes. */
export type Checksum = (bytes: Uint8Array) => number;

export const withChecksum = (bytes: Uint8Array, checksum: Checksum): Uint8Array<ArrayBuffer> =>
  concat([bytes, uint32Bytes(checksum(bytes))]);

export const hasValidChecksum = (bytes: Uint8Array, checksum: Checksum): boolean =>
  readUint32(bytes, bytes.length - 4) === checksum(bytes.subarray(0, -4));
