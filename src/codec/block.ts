// What a way of compressing is to the codec: it makes blocks of bytes, and the codec does all around them.

import type { Model } from '../model.ts';
import type { Samples } from '../types.ts';
import type { KernelModule } from '../wasm/modules.ts';
import type { CodecOptions } from './options.ts';

/**
 * One block of samples to bytes and back: self-contained, so that damage costs one block. `bound`: absolute error; 0 where
 * there is none.
 */
export interface BlockCoder {
  /** How many samples one block should hold. `encode` and `decode` take any number from 1 on. */
  readonly rowsPerBlock: number;
  /**
   * Rows of samples, end to end, to bytes. Bounded mode gets floats. They may be NaN, infinite or -0 unless
   * `Mode.finite`. The codec decodes what came out and refuses to return it beyond the bound; so a coder need not check
   * itself again.
   */
  encode(values: Float32Array | Uint8Array, rows: number, bound: number): Uint8Array;
  /** Values of `rows` samples (Uint8Array for lossless bytes). Throws FormatError on bytes that no encoder wrote. */
  decode(payload: Uint8Array, rows: number, bound: number): Float32Array | Uint8Array;
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
  /**
   * What coders need beside the model: learnt from samples, which are checked as to type and length. The model is the
   * codec's own copy, its weights as they are in the codec file.
   */
  calibrate(model: Model, samples: Samples, options: CodecOptions): Uint8Array;
  /** Errors: FormatError on tables that `calibrate` did not write. */
  coder(model: Model, tables: Uint8Array): BlockCoder;
}
