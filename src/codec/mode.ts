// What a way of compressing is to the codec: it makes blocks of bytes, and the codec does all around them.

import type { Steps } from '../core/progress.ts';
import type { Model } from '../model/model.ts';
import type { KernelModule } from '../wasm/modules.ts';
import type { CodecValues } from './values.ts';

/** What a codec takes and gives, and how each channel is bounded. */
export interface ValueFormat {
  /** Bytes, of which bounds are in levels; else floats. */
  readonly pixels: boolean;
  /** A bound for each channel, the last axis of a sample; undefined: one for all, which each block has by itself. */
  readonly bounds?: readonly number[] | undefined;
}

/**
 * One block of samples to bytes and back: self-contained, so that damage costs one block. Between two steps the memory
 * may serve another call. `bound`: absolute error, of
 * bounds by channel the largest; 0 where there is none.
 */
export interface BlockCoder {
  /** How many samples one block should hold. `encode` and `decode` take any number from 1 on. */
  readonly rowsPerBlock: number;
  /**
   * Rows of samples, end to end, to bytes. Floats may be NaN, infinite or -0 unless `Mode.finite`; plain mode of floats
   * takes pixels too. The codec decodes what came out and refuses to return it beyond the bound; so a coder need not check
   * itself again.
   */
  encode(values: Float32Array | Uint8Array, rows: number, bound: number): Steps<Uint8Array>;
  /** Values of `rows` samples, bytes where `Kind.pixels`. Throws FormatError on bytes that no encoder wrote. */
  decode(payload: Uint8Array, rows: number, bound: number): Steps<CodecValues>;
}

/** A way of compressing. `tables` are opaque bytes that the codec file carries. */
export interface Mode {
  /** In the container. */
  readonly id: number;
  readonly name: 'plain' | 'bounded' | 'lossless';
  /** Takes finite numbers only. */
  readonly finite?: boolean;
  /** Kernels that it calls. They are on the model's memory, among its engine's `kernels`. */
  readonly module: KernelModule;
  /** Errors: FormatError on tables that calibration did not write, see `calibrations.ts`. */
  coder(model: Model, tables: Uint8Array, kind: ValueFormat): BlockCoder;
}
