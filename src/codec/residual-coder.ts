// Values to the bytes of one stream and back, on the model's memory, by the kernels of assembly/residual.

import { bytesIn } from '../core/bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { corrupt } from './values.ts';

/** What a kernel is to code, and how. */
export interface Job {
  readonly engine: Engine;
  /** Bytes that it needs: for what it knows, for the values, and for whatever else. */
  readonly sizes: readonly [state: number, values: number, ...others: number[]];
  /** What a coder knew that saw other samples; else it begins with nothing. */
  readonly state?: Uint8Array | undefined;
  begin(state: number): void;
  /** Codes the values, there being a block of each size, to or from a stream: its bytes, or less than 0. */
  code(blocks: readonly number[], stream: number, end: number, decoding: number): number;
}

export interface Coded {
  /** Of the stream, or of the values. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the coder knows then: to be asked at once, before the memory serves something else. */
  state(): Uint8Array;
}

/** Bytes that one value may need at most, as in assembly/residual/code.ts. */
const ROOM = 96;

function run(job: Job, input: Uint8Array, decoding: boolean): Coded | undefined {
  const { memory } = job.engine;
  const room = decoding ? input.length : input.length + ROOM;
  const blocks = job.engine.temporary([...job.sizes, room], 'samples');
  const [state, x] = blocks as [number, number];
  const stream = blocks.at(-1)!;
  if (job.state) memory.bytes.set(job.state, state);
  else job.begin(state);
  memory.bytes.set(input, decoding ? stream : x);
  const used = job.code(blocks, stream, stream + room, +decoding);
  // A decoder is four bytes ahead, of which an encoder leaves out those that are zero.
  if (decoding ? used < room || used > room + 4 : used < 0 || used >= input.length) return undefined;
  const part = (at: number, size: number): Uint8Array<ArrayBuffer> => memory.bytes.slice(at, at + size);
  const bytes = decoding ? part(x, job.sizes[1]) : part(stream, used);
  return { bytes, state: () => part(state, job.sizes[0]) };
}

/** Values to bytes; undefined where the kernel cannot say one, or where they would not become fewer. */
export const write = (job: Job, values: Float32Array | Uint8Array): Coded | undefined =>
  run(job, bytesIn(values)!, false);

/** Bytes to values. Errors: FormatError where they are not all read, or say what no encoder writes. */
export function read(job: Job, bytes: Uint8Array): Coded {
  const coded = run(job, bytes, true);
  if (!coded) throw corrupt();
  return coded;
}
