// Bytes to the bytes of one stream and back, on the model's memory: see assembly/residual/bytes.ts.

import type { Engine } from '../../engine/engine.ts';
import { FormatError } from '../../errors.ts';

/** Where the pixels of a sample stand. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface Job {
  readonly picture: Picture;
  /** What a coder knew that saw other samples; else it begins with nothing. */
  readonly state?: Uint8Array | undefined;
}

export interface Written {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the coder knows then: to be asked at once, before the memory serves something else. */
  state(): Uint8Array;
}

/** Tables and mixers, and 7 times a MB of counters: see assembly/residual/bytes.ts. */
const STATE = 148608 + (7 << 20);
/** Bytes that one value may need at most. */
const ROOM = 16;

export const sizeOf = ({ height, width, channels }: Picture): number => height * width * channels;

export const corrupt = (): FormatError =>
  new FormatError('corrupt', '"block" expected what its mode writes, got other bytes');

function run(engine: Engine, job: Job, n: number, room: number, input: Uint8Array, decoding: boolean) {
  const { kernels: k, memory } = engine;
  const [state, x, stream] = engine.temporary([STATE, n, room], 'samples') as [number, number, number];
  if (job.state) memory.bytes.set(job.state, state);
  else k.bytesBegin(state);
  memory.bytes.set(input, decoding ? stream : x);
  const { height, width, channels } = job.picture;
  const rows = n / sizeOf(job.picture);
  const used = k.bytesCode(state, x, rows, height, width, channels, stream, stream + room, +decoding);
  return { used, x, stream, state: () => memory.bytes.slice(state, state + STATE) };
}

/** Samples to bytes; undefined where they would not become fewer. */
export function write(engine: Engine, job: Job, values: Uint8Array): Written | undefined {
  const { used, stream, state } = run(engine, job, values.length, values.length + ROOM, values, false);
  if (used < 0 || used >= values.length) return undefined;
  return { bytes: engine.memory.bytes.slice(stream, stream + used), state };
}

/** Bytes to n values. Errors: FormatError where they are not all read. */
export function read(engine: Engine, job: Job, bytes: Uint8Array, n: number): Written {
  const { used, x, state } = run(engine, job, n, bytes.length, bytes, true);
  // A decoder is four bytes ahead, of which an encoder leaves out those that are zero.
  if (used < bytes.length || used > bytes.length + 4) throw corrupt();
  return { bytes: engine.memory.bytes.slice(x, x + n), state };
}
