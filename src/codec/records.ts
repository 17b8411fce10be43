// Compressed bytes, as they come, to blocks that are whole: what stands in front of every decoder.

import { FormatError } from '../errors.ts';
import {
  BLOCK_BYTES,
  type BlockHeader,
  bad,
  type Checksum,
  type End,
  type Header,
  readHeader,
  readRecord,
} from './container.ts';

/** Values of a block, unless it is one sample. */
export const MOST_VALUES = 2 ** 20;

/** A part of the data that is lost. */
export interface Damage {
  /** Number of the first sample that is lost, from 0, and how many are. */
  readonly first: number;
  readonly samples: number;
  /** What is wrong, with its `code`. */
  readonly error: FormatError;
}

/** A block whose checksum is right. */
export interface Whole {
  readonly first: number;
  readonly header: BlockHeader;
  readonly payload: Uint8Array;
}

export type Item = ({ kind: 'block' } & Whole) | ({ kind: 'damage' } & Damage) | ({ kind: 'end' } & End);

/** Samples that a block may hold, for samples of so many values. */
export const mostRows = (size: number): number => Math.max(1, Math.floor(MOST_VALUES / size));

/** Errors: FormatError for a header that asks for more than a block may have. `size`: values of a sample or a code. */
export function checkBlock({ rows, bytes }: BlockHeader, size: number): void {
  if (rows < 1) throw bad('corrupt', 'block', 'at least one sample', rows);
  if (rows > mostRows(size)) throw bad('limit', 'block', `at most ${mostRows(size)} samples`, rows);
  const most = 16 * rows * size + 1024;
  if (bytes > most) throw bad('limit', 'block', `at most ${most} bytes for ${rows} samples`, bytes);
}

export class Records {
  readonly #checksum: Checksum;
  readonly #size: number;
  readonly #check: (header: Header) => void;
  /** Go on behind damage. */
  readonly #recover: boolean;
  #bytes: Uint8Array = new Uint8Array(0);
  #parts: Uint8Array[] = [];
  #waiting = 0;
  #needed = 0;
  #begun = false;
  #ended = false;
  #lost = 0;
  #damaged = false;
  #samples = 0;
  #blocks = 0;

  constructor(checksum: Checksum, size: number, check: (header: Header) => void, recover: boolean) {
    this.#checksum = checksum;
    this.#size = size;
    this.#check = check;
    this.#recover = recover;
  }

  push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
  }

  /** All that waits in one piece, once there is as much as is needed. */
  #gather(): boolean {
    if (this.#bytes.length + this.#waiting < this.#needed) return false;
    if (this.#waiting) {
      const whole = this.#parts.length === 1 && !this.#bytes.length ? this.#parts[0]! : this.#join();
      this.#bytes = whole;
      this.#parts = [];
      this.#waiting = 0;
    }
    return true;
  }

  #join(): Uint8Array {
    const whole = new Uint8Array(this.#bytes.length + this.#waiting);
    let at = 0;
    for (const part of [this.#bytes, ...this.#parts]) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #skip(count: number): void {
    this.#bytes = this.#bytes.subarray(count);
    this.#needed = 0;
  }

  /** The next item; undefined where more bytes are needed. Errors: FormatError. */
  next(): Item | undefined {
    while (this.#gather()) {
      if (this.#ended) {
        if (this.#bytes.length) throw bad('corrupt', 'bytes', 'nothing behind the end', `${this.#bytes.length} bytes`);
        return undefined;
      }
      if (!this.#begun) {
        const found = readHeader(this.#bytes, this.#checksum);
        if (!found) return this.#more(1);
        this.#check(found.header);
        this.#begun = true;
        this.#skip(found.end);
      }
      const record = readRecord(this.#bytes, this.#checksum);
      if (record === 'short') return this.#more(1);
      if (record === 'neither') {
        if (!this.#recover) throw bad('corrupt', `block ${this.#blocks}`, `samples from ${this.#samples} on`, 'others');
        this.#lost++;
        this.#skip(1);
        continue;
      }
      const start = 'rows' in record ? record.first : record.samples % 2 ** 32;
      const missing = this.#missing(start);
      if (missing) return missing;
      return 'rows' in record ? this.#block(record) : this.#end(record);
    }
    return undefined;
  }

  #more(bytes: number): undefined {
    this.#needed = this.#bytes.length + bytes;
  }

  /** Samples between those before and those from `start` (modulo 2^32) on. */
  #missing(start: number): Item | undefined {
    const gap = (start - this.#samples) >>> 0;
    if (!gap) return undefined;
    const error = bad('corrupt', `block ${this.#blocks}`, `samples from ${this.#samples} on`, `those from ${start} on`);
    // As many as the bytes that were skipped may have held; and a block may be gone without a trace.
    if (!this.#recover || gap > mostRows(this.#size) * (1 + Math.ceil(this.#lost / BLOCK_BYTES))) throw error;
    this.#lost = 0;
    return this.#damage(gap, error);
  }

  #damage(samples: number, error: FormatError): Item {
    const first = this.#samples;
    this.#damaged = true;
    this.#samples += samples;
    return { kind: 'damage', first, samples, error };
  }

  #block(header: BlockHeader): Item | undefined {
    checkBlock(header, this.#size);
    const whole = BLOCK_BYTES + header.bytes;
    if (this.#bytes.length < whole) return this.#more(whole - this.#bytes.length);
    const payload = this.#bytes.subarray(BLOCK_BYTES, whole);
    const number = this.#blocks++;
    this.#lost = 0;
    if (this.#checksum(payload) !== header.crc) {
      const place = `samples ${this.#samples}..${this.#samples + header.rows - 1} with their checksum`;
      const error = bad('corrupt', `block ${number}`, place, 'another');
      if (!this.#recover) throw error;
      // Perhaps bytes are missing, and the next block begins before this one ends.
      this.#lost = whole;
      this.#skip(BLOCK_BYTES);
      return this.#damage(header.rows, error);
    }
    this.#skip(whole);
    const first = this.#samples;
    this.#samples += header.rows;
    return { kind: 'block', first, header, payload };
  }

  #end(end: End): Item {
    this.#ended = true;
    this.#skip(36);
    if (!this.#damaged && (end.blocks !== this.#blocks || end.samples !== this.#samples)) {
      const got = `${this.#blocks} of ${this.#samples}`;
      throw bad('corrupt', 'end', `${end.blocks} blocks of ${end.samples} samples`, got);
    }
    return { kind: 'end', ...end };
  }

  /** Errors: FormatError where the end is missing. */
  finish(): void {
    if (!this.#ended) throw new FormatError('truncated', '"bytes" expected an end behind the blocks, got none');
  }
}
