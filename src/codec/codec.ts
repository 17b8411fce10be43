import { asBytes, concat } from '../core/bytes.ts';
import { wrongType, wrongValue } from '../core/errors.ts';
import { type ProgressOptions, progressChecks, runInTurns, type Steps } from '../core/progress.ts';
import type { Shape } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { byteCount, callback, optional, validate } from '../core/validate.ts';
import { checkBuffer, isBytes, isFloats, SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { runToEnd } from '../engine/measure.ts';
import { type CodecFile, type CodecState, codecState } from './codec-state.ts';
import { decompressAll, decompressParts, type UnpackOptions } from './decompress.ts';
import { CodecReader } from './reader.ts';
import { streamPair, type Through } from './streams.ts';
import type { CodecValues } from './values.ts';
import { blockWriter } from './writer.ts';

type Bytes = ArrayBuffer | ArrayBufferView;

function requireBytes(bytes: Bytes): Uint8Array {
  const found = asBytes(bytes, 'bytes');
  if (!found) throw wrongType('bytes', 'an ArrayBuffer or a view of one', bytes);
  return found;
}

const checkedOptions = (options: UnpackOptions, more = {}): UnpackOptions =>
  validate('options', options, {
    onDamage: optional(callback),
    maxBytes: optional(byteCount),
    ...more,
  }) as UnpackOptions;

/**
 * Samples of the kind that the codec was calibrated with; plain compression of floats, which has no bound that could be
 * meant in levels, takes bytes as value / 255 too. Errors: TypeError for others.
 */
function checkKind(name: string, x: unknown, pixels: boolean, { mode, ...coding }: CodecState): void {
  if (pixels === coding.pixels || (pixels && mode.name === 'plain')) return;
  const floats = 'Float32Array as in calibration: Float32Array.from(x, (v) => v / 255)';
  throw wrongType(
    name,
    coding.pixels ? 'Uint8Array as in calibration: Uint8Array.from(x, (v) => 255 * v + 0.5)' : floats,
    x,
  );
}

/** What `open` takes. */
export type OpenOptions = Pick<UnpackOptions, 'maxBytes'>;

/** Compresses samples to bytes and back. It holds a copy of the model: train the model on, and it stays as it was. */
export class Codec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> {
  /** What it does: `plain`, `bounded` or `lossless`. */
  readonly mode: 'plain' | 'bounded' | 'lossless';
  /** What it takes and gives: bytes, with bounds in levels of 0..255, or floats. As in calibration. */
  readonly values: 'uint8' | 'float32';
  readonly #state: CodecState;

  /** @internal Made by `createCodec` and `loadCodec`. Errors: FormatError for tables that are none. */
  constructor(contents: CodecFile) {
    this.#state = codecState(contents);
    this.mode = contents.mode.name;
    this.values = contents.pixels ? 'uint8' : 'float32';
  }

  /** Shape of one sample. */
  get inputShape(): Shape {
    return this.#state.model.inputShape;
  }

  /**
   * n samples to bytes that `decompress` of this codec, and of every codec loaded from its file, takes back. What was
   * promised has been verified. Nothing else runs meanwhile: a million values in bounded mode take about a second. Errors:
   * TypeError, RangeError when the samples do not fit; in plain mode also when they are not finite; TypeError for floats
   * where calibration had bytes, and for bytes where it had floats unless the mode is plain: they are then value / 255.
   */
  compress(x: Samples): Uint8Array<ArrayBuffer> {
    return runToEnd(this.#compressSteps(x));
  }

  /**
   * The same bytes, while the event loop gets its turns after every tenth of a second or less; the samples must not change
   * meanwhile. Errors, as rejections: as `compress`; the signal's reason.
   */
  async compressAsync(x: Samples, options: ProgressOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return runInTurns(this.#compressSteps(x), validate('options', options, progressChecks) as ProgressOptions);
  }

  *#compressSteps(x: Samples): Steps<Uint8Array<ArrayBuffer>> {
    const { mode, rowsPerBlock } = this.#state;
    const rows = new SampleBatch('x', x, this.inputShape, !mode.finite);
    checkKind('x', x, rows.pixels, this.#state);
    const list: (Float32Array | Uint8Array)[] = [];
    for (let first = 0; first < rows.count; first += rowsPerBlock)
      list.push(sampleValues(rows, first, Math.min(rowsPerBlock, rows.count - first)));
    const { put, end } = blockWriter(this.#state);
    return concat([...(yield* put(list)), ...end()]);
  }

  /**
   * The samples, end to end: the same bits on every runtime; bytes where the codec was calibrated with bytes. Nothing else
   * runs meanwhile. Errors: TypeError; FormatError with a code for bytes that this codec did not write, or that are
   * damaged; with `onDamage`, for those whose header or end is.
   */
  decompress(bytes: Bytes, options: UnpackOptions = {}): Values {
    return runToEnd(decompressAll(this.#state, requireBytes(bytes), checkedOptions(options))) as
      | Float32Array
      | Uint8Array as Values;
  }

  /**
   * The same values, while the event loop gets its turns after every tenth of a second or less; `bytes` must not change
   * meanwhile. Errors, as rejections: as `decompress`; the signal's reason.
   */
  async decompressAsync(bytes: Bytes, options: UnpackOptions & ProgressOptions = {}): Promise<Values> {
    const steps = decompressAll(this.#state, requireBytes(bytes), checkedOptions(options, progressChecks));
    return (await runInTurns(steps, options)) as Float32Array | Uint8Array as Values;
  }

  /** Random access to compressed samples. Keeps `bytes`, not a copy. Errors: as `decompress`. */
  open(bytes: Bytes, options: OpenOptions = {}): CodecReader<Values> {
    const { maxBytes } = validate('options', options, { maxBytes: optional(byteCount) });
    return new CodecReader<Values>(this.#state, requireBytes(bytes), maxBytes);
  }

  /**
   * A stream from `Float32Array`s or `Uint8Array`s, of the kinds that `compress` takes and all of one kind, cut anywhere, to
   * bytes. Holds one block; takes no more than is asked for. The event loop gets its turns. A relative error or a ratio is of
   * each block's own range, which is stricter.
   */
  compressionStream(): Through {
    const { mode, model, sampleSize, rowsPerBlock } = this.#state;
    const coding = this.#state;
    const { begin, put, end } = blockWriter(this.#state);
    const length = rowsPerBlock * sampleSize;
    let block: CodecValues | undefined;
    let filled = 0;
    function* flush() {
      const values = block!.subarray(0, filled);
      // Refuses what is not finite, where the mode does.
      new SampleBatch('chunk', values, model.inputShape, !mode.finite);
      filled = 0;
      yield* yield* put([values]);
    }
    return streamPair<Float32Array | Uint8Array, Uint8Array>(
      function* (chunk) {
        // Before the first step, as the chunk may go between two of them.
        const given = chunk?.length;
        asBytes(chunk, 'chunk');
        yield* begin();
        const pixels = isBytes(chunk);
        if (!pixels && !isFloats(chunk)) throw wrongType('chunk', 'Float32Array or Uint8Array', chunk);
        checkKind('chunk', chunk, pixels, coding);
        block ??= pixels ? new Uint8Array(length) : new Float32Array(length);
        if (pixels !== isBytes(block)) throw wrongType('chunk', `${block.constructor.name} as before`, chunk);
        for (let at = 0; at < given; ) {
          checkBuffer('chunk', chunk, given);
          const part = chunk.subarray(at, at + length - filled);
          block.set(part, filled);
          at += part.length;
          filled += part.length;
          if (filled === length) yield* flush();
        }
      },
      function* () {
        if (filled % sampleSize) throw wrongValue('stream', `whole samples of ${sampleSize} values`, filled);
        if (filled) yield* flush();
        yield* end();
      },
    );
  }

  /**
   * A stream from compressed bytes, cut anywhere, to the values of one block after the other. Holds one block. A block
   * that is damaged fails the stream where it stands; with `onDamage` the stream goes on behind it. Errors: as
   * `decompress`.
   */
  decompressionStream(options: UnpackOptions = {}): Through {
    const { take, finish: close } = decompressParts(this.#state, checkedOptions(options));
    return streamPair<Bytes, Float32Array | Uint8Array>(
      // A copy: what is left waits for more, and a writer may fill its buffer anew once it has been taken.
      (chunk) => take(requireBytes(chunk).slice()),
      () => {
        close();
        return [];
      },
    );
  }

  /** All a decoder needs, as the bytes of one `.safetensors` file: `loadCodec` gives a codec that writes the same bytes. */
  save(): Uint8Array<ArrayBuffer> {
    return this.#state.fileBytes.slice();
  }
}
