import { integer } from '../core/validate.ts';
import { finish } from '../engine/measure.ts';
import type { Coding } from './codec-state.ts';
import { type End, recordsOf, type Whole } from './container/parser.ts';
import { checkSize, decodeBlock, newValues } from './decompress.ts';
import type { Values as Block } from './values.ts';

/** Compressed samples of which any can be had without those before it. Decodes one block at a time and keeps the last. */
export class CodecReader<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> {
  readonly #coding: Coding;
  readonly #blocks: readonly Whole[];
  readonly #end: End;
  #last: readonly [Whole, Block] | undefined;

  /** @internal Made by `codec.open`. Reads the headers of all blocks and none of their payloads. */
  constructor(coding: Coding, bytes: Uint8Array, maxBytes?: number) {
    this.#coding = coding;
    const { items, finish } = recordsOf(coding, false, true);
    this.#blocks = [...items(bytes)] as Whole[];
    this.#end = finish();
    checkSize(coding, this.length, bytes.length, maxBytes);
  }

  /** Number of samples. */
  get length(): number {
    return this.#end[0];
  }

  /** Largest error of any value, as it was measured while compressing. */
  get maxError(): number {
    return this.#end[1];
  }

  /** Mean squared error, as it was measured while compressing. */
  get meanSquaredError(): number {
    return this.#end[2];
  }

  /**
   * Sample number `index`, from 0; synchronous, as a block is decoded in a tenth of a second. Errors: TypeError, RangeError for another index; FormatError `corrupt` where its
   * block is damaged.
   */
  sample(index: number): Values {
    return this.samples(index, 1);
  }

  /** `count` samples from `index` on, end to end. Errors: as `sample`. */
  samples(index: number, count: number): Values {
    integer('index', index, 0, this.length - 1);
    integer('count', count, 1, this.length - index);
    const { size } = this.#coding;
    const out = newValues(this.#coding, count);
    for (let at = index; at < index + count; ) {
      const [{ first, samples }, values] = this.#block(at);
      const end = Math.min(first + samples, index + count);
      out.set(values.subarray((at - first) * size, (end - first) * size), (at - index) * size);
      at = end;
    }
    return out as Float32Array | Uint8Array as Values;
  }

  /** The block that sample `index` is in. */
  #block(index: number): readonly [Whole, Block] {
    let low = 0;
    for (let high = this.#blocks.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle]!.first <= index) low = middle;
      else high = middle;
    }
    const block = this.#blocks[low]!;
    if (this.#last?.[0] === block) return this.#last;
    const error = block.fault();
    if (error) throw error;
    this.#last = [block, finish(decodeBlock(this.#coding, block))];
    return this.#last;
  }
}
