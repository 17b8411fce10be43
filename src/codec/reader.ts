import { integer } from '../core/validate.ts';
import { runToEnd } from '../engine/measure.ts';
import type { CodecState } from './codec-state.ts';
import { type Block, type EndRecord, recordParser } from './container/parser.ts';
import { allocateValues, checkOutputSize, decodeBlock } from './decompress.ts';
import type { CodecValues } from './values.ts';

/** Compressed samples of which any can be had without those before it. Decodes one block at a time and keeps the last. */
export class CodecReader<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> {
  readonly #coding: CodecState;
  readonly #blocks: readonly Block[];
  readonly #end: EndRecord;
  #last: readonly [Block, CodecValues] | undefined;

  /** @internal Made by `codec.open`. Reads the headers of all blocks and none of their payloads. */
  constructor(coding: CodecState, bytes: Uint8Array, maxBytes?: number) {
    this.#coding = coding;
    const { items, finish } = recordParser(coding, false, true);
    this.#blocks = [...items(bytes)] as Block[];
    this.#end = finish();
    checkOutputSize(coding, this.length, bytes.length, maxBytes);
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
    const { sampleSize } = this.#coding;
    const out = allocateValues(this.#coding, count);
    for (let at = index; at < index + count; ) {
      const [{ first, samples }, values] = this.#block(at);
      const end = Math.min(first + samples, index + count);
      out.set(values.subarray((at - first) * sampleSize, (end - first) * sampleSize), (at - index) * sampleSize);
      at = end;
    }
    return out as Float32Array | Uint8Array as Values;
  }

  /** The block that sample `index` is in. */
  #block(index: number): readonly [Block, CodecValues] {
    let low = 0;
    for (let high = this.#blocks.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle]!.first <= index) low = middle;
      else high = middle;
    }
    const block = this.#blocks[low]!;
    if (this.#last?.[0] === block) return this.#last;
    const error = block.payloadError();
    if (error) throw error;
    this.#last = [block, runToEnd(decodeBlock(this.#coding, block))];
    return this.#last;
  }
}
