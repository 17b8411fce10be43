import { runToEnd } from '../core/progress.ts';
import { integer } from '../core/validate.ts';
import type { InputValues, OutputValues } from './byte-values.ts';
import type { CodecState } from './codec-state.ts';
import type { EndRecord } from './container/end.ts';
import { type Block, containerParser } from './container/parser.ts';
import { allocateValues, checkOutputSize, decodeBlock } from './decompress.ts';

interface DecodedBlock {
  readonly block: Block;
  readonly values: OutputValues;
}

/** Random access to compressed samples. Decodes one block at a time and keeps the last one. */
export class CodecReader<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> {
  readonly #state: CodecState;
  readonly #blocks: readonly Block[];
  readonly #end: EndRecord;
  #last: DecodedBlock | undefined;

  /** @internal Made by `codec.open`. Reads the headers of all blocks and none of their payloads. */
  constructor(state: CodecState, bytes: Uint8Array, maxBytes?: number) {
    this.#state = state;
    const parser = containerParser(state, { lazy: true });
    this.#blocks = [...parser.push(bytes)] as Block[];
    this.#end = parser.finish();
    checkOutputSize(state, this.length, bytes.length, maxBytes);
  }

  /** Number of samples. */
  get length(): number {
    return this.#end.samples;
  }

  /** Largest absolute error of any value, measured by `compress`: of bytes in levels. NaN in plain mode, which does not measure it. */
  get maxError(): number {
    return this.#end.maxError;
  }

  /** Mean squared error of all values, measured by `compress`: of bytes in levels. NaN in plain mode, which does not measure it. */
  get meanSquaredError(): number {
    return this.#end.meanSquaredError;
  }

  /**
   * Sample `index`, from 0. Synchronous: a block takes about a tenth of a second. Errors: TypeError, RangeError for another index;
   * FormatError `corrupt` where its block is damaged.
   */
  sample(index: number): Values {
    return this.samples(index, 1);
  }

  /** `count` samples from `index` on, end to end. Errors: as `sample`. */
  samples(index: number, count: number): Values {
    integer('index', index, 0, this.length - 1);
    integer('count', count, 1, this.length - index);
    const { sampleSize } = this.#state;
    const out = allocateValues(this.#state, count);
    for (let next = index; next < index + count; ) {
      const { block, values } = this.#decodedBlock(next);
      const end = Math.min(block.first + block.samples, index + count);
      const part = values.subarray((next - block.first) * sampleSize, (end - block.first) * sampleSize);
      out.set(part, (next - index) * sampleSize);
      next = end;
    }
    return out as InputValues as Values;
  }

  /** The block that has sample `index`. */
  #decodedBlock(index: number): DecodedBlock {
    let low = 0;
    for (let high = this.#blocks.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle]!.first <= index) low = middle;
      else high = middle;
    }
    const block = this.#blocks[low]!;
    if (this.#last?.block === block) return this.#last;
    const error = block.payloadError();
    if (error) throw error;
    this.#last = { block, values: runToEnd(decodeBlock(this.#state, block)) };
    return this.#last;
  }
}
