// The kernels of the module `residual` on a bare memory, one block after the other in one state.

import { type Picture, sizeOf } from '../reference/bytes.ts';
import type { Block } from '../reference/residual.ts';
import { Bench } from './harness.ts';

const ROOM = 4096;

export class FloatCoder {
  readonly bench = new Bench('strict');
  readonly state: number;

  constructor(columns: number) {
    this.state = this.bench.put(new Float32Array(this.bench.kernels.residualStateBytes(columns) / 4));
    this.bench.kernels.initResidualCoder(this.state, columns);
  }

  /** Floats to bytes, or bytes to floats. */
  run(block: Block, input: Float32Array | Uint8Array): { used: number; values: Float32Array; bytes: Uint8Array } {
    const { bench } = this;
    const { lines, width, channels, plane, unit, bound, escapes, modelPrediction } = block;
    const n = lines * width * channels;
    const decoding = input instanceof Uint8Array;
    const x = bench.put(decoding ? new Float32Array(n) : input);
    const [m, r] = [bench.put(new Float32Array(n)), bench.put(new Float32Array(n))];
    const s = modelPrediction ? bench.put(new Float32Array(n)) : 0;
    if (modelPrediction) new Int32Array(bench.memory.buffer, s, n).set(modelPrediction);
    const room = decoding ? input.length : 4 * n + ROOM;
    const stream = bench.put(new Float32Array(Math.ceil(room / 4)));
    if (decoding) new Uint8Array(bench.memory.buffer).set(input, stream);
    const used = bench.kernels.codeResiduals(
      ...([this.state, x, s, m, r, lines, width, channels, +plane] as const),
      ...([unit, bound, stream, stream + room, +decoding, +escapes, 0, 0] as const),
    );
    const bytes = new Uint8Array(bench.memory.buffer, stream, Math.max(0, Math.min(used, room))).slice();
    return { used, values: bench.get(x, n), bytes };
  }
}

export class ByteCoder {
  readonly bench = new Bench('strict');
  readonly state: number;

  constructor() {
    this.bench.memory.grow(120);
    this.state = this.bench.put(new Float32Array(this.bench.kernels.byteStateBytes() / 4));
    this.bench.kernels.initByteCoder(this.state);
  }

  run(picture: Picture, rows: number, input: Uint8Array, decoding: boolean, room?: number) {
    const { bench } = this;
    const n = rows * sizeOf(picture);
    const block = (size: number): number => bench.put(new Float32Array(Math.ceil(size / 4)));
    const length = room ?? (decoding ? input.length : 2 * n + ROOM);
    const [x, stream] = [block(n), block(length)];
    new Uint8Array(bench.memory.buffer).set(input, decoding ? stream : x);
    const { height, width, channels } = picture;
    const used = bench.kernels.codeBytes(
      ...([this.state, x, rows, height, width, channels, stream, stream + length, +decoding] as const),
    );
    bench.checkGuards();
    const bytes = (address: number, count: number): Uint8Array =>
      new Uint8Array(bench.memory.buffer, address, Math.max(0, count)).slice();
    return { used, values: bytes(x, n), stream: bytes(stream, Math.min(used, length)) };
  }
}
