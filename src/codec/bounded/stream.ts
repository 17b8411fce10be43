// Floats to the bytes of one stream and back, on the model's memory: see assembly/residual/code.ts.

import type { Engine } from '../../engine/engine.ts';
import { FormatError } from '../../errors.ts';
import type { Shape } from '../../layers/layer.ts';

/** How a block lies: lines of pixels of channels. In a plane, what stands above a value tells about it. */
export interface Layout {
  readonly plane: boolean;
  readonly lines: number;
  readonly width: number;
  readonly channels: number;
}

export interface Grid {
  /** Largest error, absolute. */
  readonly bound: number;
  /** A 64th of the step from value to value. */
  readonly unit: number;
}

/** COLUMNS of assembly/residual/state.ts and the count of lines before the means. */
const STATE = 2137504 + 16;
/** Bytes that one value may need at most, as in assembly/residual/code.ts. */
const ROOM = 96;

/** A step of twice the bound, less 1/4096 of it, in which the rounding of floats finds room. */
export const gridOf = (bound: number): Grid => ({ bound, unit: (bound * 4095) / 131072 });

/** `rows` samples as a plane, one below the other; or as a series, one after the other, where `[n]` are n channels. */
export function layoutOf(shape: Shape, rows: number, plane: boolean): Layout {
  const size = shape.reduce((product, n) => product * n, rows);
  const [width, channels] = plane
    ? shape.length > 1
      ? [shape.at(-2)!, shape.at(-1)!]
      : [shape[0]!, 1]
    : [size / shape.at(-1)!, shape.at(-1)!];
  return { plane, lines: size / width / channels, width, channels };
}

export const valuesOf = ({ lines, width, channels }: Layout): number => lines * width * channels;

export interface Job {
  readonly layout: Layout;
  readonly grid: Grid;
  /** What a coder knew that saw other samples; else it begins with nothing. */
  readonly state?: Uint8Array | undefined;
  /** A prediction of every value. */
  readonly side?: Float32Array | undefined;
  readonly escapes: boolean;
}

export interface Written {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the coder knows then. */
  state(): Uint8Array;
}

function run(engine: Engine, job: Job, room: number, put: (x: number, stream: number) => void, decoding: boolean) {
  const { kernels: k, memory } = engine;
  const { layout, grid, side, escapes } = job;
  const n = valuesOf(layout);
  const columns = layout.plane ? layout.width * layout.channels : 0;
  const size = STATE + 4 * columns;
  const sizes = [size, 4 * n, side ? 4 * n : 0, 4 * n, 4 * n, room];
  const [state, x, guess, m, r, stream] = engine.temporary(sizes, 'samples') as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (job.state) memory.bytes.set(job.state, state);
  else k.residualBegin(state, columns);
  if (side) {
    memory.write(m, side.subarray(0, n));
    k.residualSide(guess, m, n, grid.unit);
  }
  put(x, stream);
  const { lines, width, channels, plane } = layout;
  const used = k.residualCode(
    ...([state, x, side ? guess : 0, m, r, lines, width, channels, +plane] as const),
    ...([grid.unit, grid.bound, stream, stream + room, +decoding, +escapes] as const),
  );
  return { used, x, stream, snapshot: () => memory.bytes.slice(state, state + size) };
}

/** Values to bytes; undefined where one needs an escape and there is none, or where they would not become fewer. */
export function write(engine: Engine, job: Job, values: Float32Array): Written | undefined {
  const n = valuesOf(job.layout);
  const put = (x: number): void => engine.memory.write(x, values.subarray(0, n));
  const { used, stream, snapshot } = run(engine, job, 4 * n + ROOM, put, false);
  if (used < 0 || used >= 4 * n) return undefined;
  return { bytes: engine.memory.bytes.slice(stream, stream + used), state: snapshot };
}

/** Bytes to values. Errors: FormatError where they are not all read, or name what is off every grid. */
export function read(
  engine: Engine,
  job: Job,
  bytes: Uint8Array,
): { values: Float32Array<ArrayBuffer> } & Pick<Written, 'state'> {
  const put = (_: number, stream: number): void => engine.memory.bytes.set(bytes, stream);
  const { used, x, snapshot } = run(engine, job, bytes.length, put, true);
  // A decoder is four bytes ahead, of which an encoder leaves out those that are zero.
  if (used < bytes.length || used > bytes.length + 4) throw corrupt();
  return { values: engine.memory.read(x, valuesOf(job.layout)), state: snapshot };
}

export const corrupt = (): FormatError =>
  new FormatError('corrupt', '"block" expected what its mode writes, got other bytes');
