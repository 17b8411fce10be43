// Blocks to values, into one array or one after the other.

import { FormatError } from '../errors.ts';
import type { BlockCoder } from './block.ts';
import type { Checksum, Header } from './container.ts';
import { type Damage, type Item, Records, type Whole } from './records.ts';

type Values = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

export interface UnpackOptions {
  /**
   * Called with each part of the data that is lost, which is then NaN (0 in bytes) in what comes out, instead of an
   * error.
   */
  readonly onDamage?: (damage: Damage) => void;
}

export interface Unpacking {
  readonly checksum: Checksum;
  /** Values of one sample. */
  readonly size: number;
  /** The larger of those and of the values of a code. */
  readonly widest: number;
  /** Whether bytes come out. */
  readonly bytes: boolean;
  /** Errors: FormatError for another codec's data. */
  check(header: Header): void;
  coderFor(bound: number): BlockCoder;
}

/** Errors: FormatError `limit` for more than the runtime has memory for: a block of constant samples is some 50 bytes. */
export function newValues({ bytes }: Unpacking, count: number): Values {
  try {
    return bytes ? new Uint8Array(count) : new Float32Array(count);
  } catch {
    throw new FormatError('limit', `"bytes" expected no more values than there is memory for, got ${count}`);
  }
}

/** The values of a block. Errors: FormatError, whatever the bytes. */
export function decodeBlock({ coderFor, size }: Unpacking, { header, payload }: Whole): Values {
  const { rows, bound } = header;
  if (!(bound >= 0 && bound < Number.POSITIVE_INFINITY))
    throw new FormatError('corrupt', `"bound" expected a number of at least 0, got ${bound}`);
  const values = coderFor(bound).decode(payload, rows);
  if (values.length === rows * size) return values as Values;
  throw new FormatError('corrupt', `"block" expected ${rows * size} values, got ${values.length}`);
}

export class Unpacker {
  readonly #unpacking: Unpacking;
  readonly #records: Records;
  readonly #onDamage: ((damage: Damage) => void) | undefined;

  constructor(unpacking: Unpacking, { onDamage }: UnpackOptions) {
    this.#unpacking = unpacking;
    this.#onDamage = onDamage;
    const check = (header: Header): void => unpacking.check(header);
    this.#records = new Records(unpacking.checksum, unpacking.widest, check, onDamage !== undefined);
  }

  /** What is whole so far behind `bytes`. Errors: FormatError. */
  *items(bytes: Uint8Array): Generator<Item, void, undefined> {
    this.#records.push(bytes);
    for (let item = this.#records.next(); item; item = this.#records.next()) yield item;
  }

  finish(): void {
    this.#records.finish();
  }

  /** Puts the values of an item into `out`, or what stands for lost ones. */
  fill(out: Values, item: Item): void {
    if (item.kind === 'damage') this.#lose(out, item);
    if (item.kind !== 'block') return;
    try {
      out.set(decodeBlock(this.#unpacking, item));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (!this.#onDamage) throw error;
      this.#lose(out, { first: item.first, samples: item.header.rows, error });
    }
  }

  #lose(out: Values, { first, samples, error }: Damage): void {
    out.fill(this.#unpacking.bytes ? 0 : Number.NaN);
    this.#onDamage?.({ first, samples, error });
  }
}

/** Samples of an item. */
export const samplesOf = (item: Item): number =>
  item.kind === 'block' ? item.header.rows : item.kind === 'damage' ? item.samples : 0;

/** All values. No block is decoded before all have been found whole; so memory is taken only for what is there. */
export function unpack(unpacking: Unpacking, bytes: Uint8Array, options: UnpackOptions): Values {
  const unpacker = new Unpacker(unpacking, options);
  const items = [...unpacker.items(bytes)];
  unpacker.finish();
  const { size } = unpacking;
  const count = items.reduce((sum, item) => sum + samplesOf(item), 0) * size;
  const out = newValues(unpacking, count);
  let at = 0;
  for (const item of items) {
    const values = samplesOf(item) * size;
    unpacker.fill(out.subarray(at, at + values) as Values, item);
    at += values;
  }
  return out;
}
