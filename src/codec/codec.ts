import { asBytes } from '../core/bytes.ts';
import { wrongType } from '../core/errors.ts';
import { type ProgressOptions, progressChecks, runInTurns, runToEnd } from '../core/progress.ts';
import type { Shape } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { byteCount, callback, optional, validate } from '../core/validate.ts';
import type { InputValues } from './byte-values.ts';
import { type CodecFile, type CodecState, codecState } from './codec-state.ts';
import { compressAll, compressionStream } from './compress.ts';
import { decompressAll, decompressionStream, type UnpackOptions } from './decompress.ts';
import { CodecReader } from './reader.ts';
import type { Through } from './streams.ts';

type Bytes = ArrayBuffer | ArrayBufferView;

function requireBytes(bytes: Bytes): Uint8Array {
  const view = asBytes(bytes, 'bytes');
  if (!view) throw wrongType('bytes', 'an ArrayBuffer or a view of one', bytes);
  return view;
}

const checkedOptions = (options: UnpackOptions, more = {}): UnpackOptions =>
  validate('options', options, {
    onDamage: optional(callback),
    maxBytes: optional(byteCount),
    ...more,
  }) as UnpackOptions;

/** Options of `open`. */
export type OpenOptions = Pick<UnpackOptions, 'maxBytes'>;

/**
 * Compresses samples to bytes and decompresses them. It has its own copy of the model: training the model further does not
 * change the codec.
 */
export class Codec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> {
  /**
   * How it compresses. `plain`: quantised codes, option `step`, without a bound on errors. `bounded`: residuals of
   * predictions, options `maxError`, `relativeError` and `psnr`. `lossless`: bytes come back exactly.
   */
  readonly mode: 'plain' | 'bounded' | 'lossless';
  /** Type of the values that it takes and returns, as in calibration: bytes, with bounds in levels, 0 to 255; or floats. */
  readonly values: 'uint8' | 'float32';
  readonly #state: CodecState;

  /** @internal Made by `createCodec` and `loadCodec`. Errors: FormatError for tables that no calibration made. */
  constructor(file: CodecFile) {
    this.#state = codecState(file);
    this.mode = file.mode.name;
    this.values = file.pixels ? 'uint8' : 'float32';
  }

  /** Shape of one sample. */
  get inputShape(): Shape {
    return this.#state.model.inputShape;
  }

  /**
   * Samples to bytes that this codec, and every codec loaded from its file, can decompress. Bounds have been verified.
   * Synchronous: a million values in bounded mode take a third of a second.
   *
   * Errors: TypeError, RangeError for samples that do not fit, and in plain mode for NaN and infinity; TypeError for floats
   * where calibration had bytes, and for bytes where calibration had floats, except in plain mode, which takes them as
   * value / 255.
   */
  compress(x: Samples): Uint8Array<ArrayBuffer> {
    return runToEnd(compressAll(this.#state, x));
  }

  /**
   * The same bytes as `compress`. Yields to the event loop at least every tenth of a second; the samples must not change
   * meanwhile. Rejects with the errors of `compress`, and with the signal's reason.
   */
  async compressAsync(x: Samples, options: ProgressOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return runInTurns(compressAll(this.#state, x), validate('options', options, progressChecks) as ProgressOptions);
  }

  /**
   * The samples, end to end, with the same bits on every runtime: bytes where the codec was calibrated with bytes, else
   * floats. Synchronous.
   *
   * Errors: TypeError; FormatError with a code for bytes that this codec did not write, or that are damaged. With `onDamage`
   * only a damaged header or end is an error.
   */
  decompress(bytes: Bytes, options: UnpackOptions = {}): Values {
    return runToEnd(decompressAll(this.#state, requireBytes(bytes), checkedOptions(options))) as InputValues as Values;
  }

  /**
   * The same values as `decompress`. Yields to the event loop at least every tenth of a second; `bytes` must not change
   * meanwhile. Rejects with the errors of `decompress`, and with the signal's reason.
   */
  async decompressAsync(bytes: Bytes, options: UnpackOptions & ProgressOptions = {}): Promise<Values> {
    const steps = decompressAll(this.#state, requireBytes(bytes), checkedOptions(options, progressChecks));
    return (await runInTurns(steps, options)) as InputValues as Values;
  }

  /** Random access to compressed samples. Keeps `bytes`, not a copy. Errors: as `decompress`. */
  open(bytes: Bytes, options: OpenOptions = {}): CodecReader<Values> {
    const { maxBytes } = validate('options', options, { maxBytes: optional(byteCount) });
    return new CodecReader<Values>(this.#state, requireBytes(bytes), maxBytes);
  }

  /**
   * A stream from `Float32Array`s or `Uint8Array`s to bytes. Chunks have any length and one type, which `compress` must
   * take. Buffers one block, applies backpressure, and yields to the event loop. A relative error or a PSNR refers to the
   * range of each block, which is stricter than in `compress`.
   */
  compressionStream(): Through {
    return compressionStream(this.#state);
  }

  /**
   * A stream from compressed bytes, in chunks of any length, to the values of one block after the other. Buffers one block.
   * A damaged block is an error at its position; with `onDamage` the stream continues after it. Errors: as `decompress`.
   */
  decompressionStream(options: UnpackOptions = {}): Through {
    // A chunk is copied: incomplete records wait for more bytes, and a writer may reuse its buffer.
    return decompressionStream(this.#state, checkedOptions(options), (chunk: Bytes) => requireBytes(chunk).slice());
  }

  /** The bytes of a `.safetensors` file for `loadCodec`: all that is needed to compress and to decompress. */
  save(): Uint8Array<ArrayBuffer> {
    return this.#state.fileBytes.slice();
  }
}
