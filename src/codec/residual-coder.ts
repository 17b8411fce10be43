// Values to the bytes of one stream and back, on the model's memory, by the kernels of assembly/residual.

import { asBytes } from '../core/bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { corruptBlock } from './values.ts';

/** What a kernel is to code, and how. */
export interface CoderInput {
  readonly engine: Engine;
  /** Bytes that it needs: for what it knows, for the values, and for whatever else. */
  readonly sizes: readonly [state: number, values: number, ...others: number[]];
  /** What a coder knew that saw other samples; else it begins with nothing. */
  readonly state?: Uint8Array | undefined;
  initialize(state: number): void;
  /** Codes the values, there being a block of each size, to or from a stream: its bytes, or less than 0. */
  runKernel(blocks: readonly number[], stream: number, end: number, decoding: number): number;
}

export interface CodedStream {
  /** Of the stream, or of the values. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the coder knows then: to be asked at once, before the memory serves something else. */
  state(): Uint8Array;
}

/** Bytes that one value may need at most, as in assembly/residual/code.ts. */
const MAX_BYTES_PER_VALUE = 96;

function runCoder(job: CoderInput, input: Uint8Array, decoding: boolean): CodedStream | undefined {
  const { memory } = job.engine;
  const room = decoding ? input.length : input.length + MAX_BYTES_PER_VALUE;
  const { blocks, stream } = job.engine.allocatePerCall({ blocks: job.sizes, stream: room }, 'samples');
  const [state, x] = blocks as readonly [number, number];
  if (job.state) memory.bytes.set(job.state, state);
  else job.initialize(state);
  memory.bytes.set(input, decoding ? stream : x);
  const used = job.runKernel(blocks, stream, stream + room, +decoding);
  // A decoder is four bytes ahead, of which an encoder leaves out those that are zero.
  if (decoding ? used < room || used > room + 4 : used < 0 || used >= input.length) return undefined;
  const part = (at: number, size: number): Uint8Array<ArrayBuffer> => memory.bytes.slice(at, at + size);
  const bytes = decoding ? part(x, job.sizes[1]) : part(stream, used);
  return { bytes, state: () => part(state, job.sizes[0]) };
}

/** Values to bytes; undefined where the kernel cannot say one, or where they would not become fewer. */
export const encodeStream = (job: CoderInput, values: Float32Array | Uint8Array): CodedStream | undefined =>
  runCoder(job, asBytes(values)!, false);

/** Bytes to values. Errors: FormatError where they are not all read, or say what no encoder writes. */
export function decodeStream(job: CoderInput, bytes: Uint8Array): CodedStream {
  const coded = runCoder(job, bytes, true);
  if (!coded) throw corruptBlock();
  return coded;
}
