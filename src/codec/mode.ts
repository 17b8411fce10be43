// A mode encodes and decodes one block of samples. The codec adds the frame and the checksum, and measures the errors.

import { type FormatError, formatError } from '../core/errors.ts';
import type { Steps } from '../core/progress.ts';
import type { Model } from '../model/model.ts';
import type { KernelModule } from '../wasm/modules.ts';
import type { InputValues, OutputValues } from './byte-values.ts';

/** Type of the values that a codec takes and returns, and bounds by channel. */
export interface ValueFormat {
  /** Values are bytes, and bounds are in levels, 0 to 255. Otherwise values are floats. */
  readonly pixels: boolean;
  /** A bound for each channel, the last axis of a sample. Undefined: each block has one bound for all values. */
  readonly bounds?: readonly number[] | undefined;
}

/** An encoded block. */
export interface EncodedSamples {
  readonly payload: Uint8Array;
  /** The samples as a decoder computes them from the payload. Undefined in a mode without a bound. */
  readonly decoded?: InputValues;
}

/**
 * Codes blocks. A block is decoded without any other, so that damage costs one block. A caller that takes the steps one by
 * one may use the model's memory between them: a coder keeps nothing there across a step.
 */
export interface BlockCoder {
  /** Samples in a block, unless options say otherwise. `encode` and `decode` take any number from 1 on. */
  readonly blockSamples: number;
  /**
   * Samples, end to end, to a payload. Floats may be NaN, infinite or -0 unless the mode is `finite`; the `plain` mode
   * for floats also takes bytes. `bound`: largest absolute error, of bounds by channel the largest; 0 for no bound. The
   * codec compares the samples with those that a decoder gets.
   */
  encode(values: InputValues, samples: number, bound: number): Steps<EncodedSamples>;
  /** A payload to samples: bytes where `ValueFormat.pixels`. Errors: FormatError for a payload that no encoder wrote. */
  decode(payload: Uint8Array, samples: number, bound: number): Steps<OutputValues>;
}

/**
 * A way of compressing. What calibration learns from samples is stored in the codec's file as `tables`, whose bytes only
 * the mode understands; `calibrate.ts` makes them.
 */
export interface Mode {
  /** Number in headers of compressed data. */
  readonly id: number;
  /** Name in the codec's file. */
  readonly name: 'plain' | 'bounded' | 'lossless';
  /** Refuses NaN and infinity. */
  readonly finite?: boolean;
  /** Kernels of the mode. They have been instantiated on the model's memory, and are among its engine's `kernels`. */
  readonly module: KernelModule;
  /** Errors: FormatError for tables that no calibration made. */
  coder(model: Model, tables: Uint8Array, format: ValueFormat): BlockCoder;
}

/** The error for a payload, or tables, that no encoder wrote. */
export const corruptBlock = (): FormatError => formatError('corrupt', 'block', 'what its mode writes', 'other bytes');
