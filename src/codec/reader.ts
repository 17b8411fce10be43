import { integer } from '../check.ts';
import { BLOCK_BYTES, type BlockHeader, bad, END_BYTES, type End, readHeader, readRecord } from './container.ts';
import { checkBlock } from './records.ts';
import { decodeBlock, newValues, type Unpacking } from './unpack.ts';

interface Place {
  readonly first: number;
  readonly header: BlockHeader;
  /** Where its payload begins. */
  readonly at: number;
}

/** Compressed samples of which any can be had without those before it. Decodes one block at a time and keeps the last. */
export class CodecReader<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> {
  readonly #unpacking: Unpacking;
  readonly #bytes: Uint8Array;
  readonly #places: readonly Place[];
  readonly #end: End;
  #last: { readonly place: Place; readonly values: Float32Array | Uint8Array } | undefined;

  /** @internal Made by `codec.open`. Reads the headers of all blocks and none of their payloads. */
  constructor(unpacking: Unpacking, bytes: Uint8Array) {
    this.#unpacking = unpacking;
    this.#bytes = bytes;
    const { checksum, widest } = unpacking;
    const begin = readHeader(bytes, checksum);
    if (!begin) throw bad('truncated', 'bytes', 'a header', `${bytes.length} bytes`);
    unpacking.check(begin.header);
    const places: Place[] = [];
    let first = 0;
    let at = begin.end;
    while (true) {
      const record = readRecord(bytes.subarray(at, at + END_BYTES), checksum);
      if (record === 'short') throw bad('truncated', 'bytes', 'an end behind the blocks', 'none');
      if (record === 'neither') throw bad('corrupt', `block ${places.length}`, `samples from ${first} on`, 'others');
      if (!('rows' in record)) {
        if (record.samples !== first || record.blocks !== places.length || bytes.length !== at + END_BYTES)
          throw bad(
            'corrupt',
            'end',
            `${record.blocks} blocks of ${record.samples} samples`,
            `${places.length} of ${first}`,
          );
        this.#end = record;
        break;
      }
      checkBlock(record, widest);
      if (record.first !== first % 2 ** 32)
        throw bad('corrupt', `block ${places.length}`, `samples from ${first} on`, `those from ${record.first} on`);
      places.push({ first, header: record, at: at + BLOCK_BYTES });
      first += record.rows;
      at += BLOCK_BYTES + record.bytes;
      if (at > bytes.length) throw bad('truncated', 'bytes', `${at} bytes and an end`, bytes.length);
    }
    this.#places = places;
  }

  /** Number of samples. */
  get length(): number {
    return this.#end.samples;
  }

  /** Largest error of any value, as it was measured while compressing. */
  get maxError(): number {
    return this.#end.maxError;
  }

  /** Mean squared error, as it was measured while compressing. */
  get meanSquaredError(): number {
    return this.#end.meanSquaredError;
  }

  /**
   * Sample number `index`, from 0. Errors: TypeError, RangeError for another index; FormatError `corrupt` where its
   * block is damaged.
   */
  sample(index: number): Values {
    return this.samples(index, 1);
  }

  /** `count` samples from `index` on, end to end. Errors: as `sample`. */
  samples(index: number, count: number): Values {
    integer('index', index, 0, this.length - 1);
    integer('count', count, 1, this.length - index);
    const { size } = this.#unpacking;
    const out = newValues(this.#unpacking, count * size);
    for (let at = index; at < index + count; ) {
      const { place, values } = this.#block(at);
      const from = at - place.first;
      const rows = Math.min(place.header.rows - from, index + count - at);
      out.set(values.subarray(from * size, (from + rows) * size), (at - index) * size);
      at += rows;
    }
    return out as Float32Array | Uint8Array as Values;
  }

  /** The block that sample `index` is in. */
  #block(index: number): { readonly place: Place; readonly values: Float32Array | Uint8Array } {
    let low = 0;
    for (let high = this.#places.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.#places[middle]!.first <= index) low = middle;
      else high = middle;
    }
    const place = this.#places[low]!;
    if (this.#last?.place === place) return this.#last;
    const { header, at, first } = place;
    const payload = this.#bytes.subarray(at, at + header.bytes);
    if (this.#unpacking.checksum(payload) !== header.crc) {
      const expected = `samples ${first}..${first + header.rows - 1} with their checksum`;
      throw bad('corrupt', `block ${low}`, expected, 'another');
    }
    this.#last = { place, values: decodeBlock(this.#unpacking, { first, header, payload }) };
    return this.#last;
  }
}
