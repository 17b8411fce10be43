import { callback, maybe, read } from '../check.ts';
import type { Engine } from '../engine/engine.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { type Shape, sizeOf } from '../layers/layer.ts';
import { engineOf, type Model } from '../model.ts';
import { isBytes, isFloats, Rows } from '../samples.ts';
import type { Samples } from '../types.ts';
import type { BlockCoder, Mode } from './block.ts';
import { checksum } from './checksum.ts';
import { bad, type Header, type PromiseName, writeHeader } from './container.ts';
import { type Block, Packer } from './pack.ts';
import { CodecReader } from './reader.ts';
import { mostRows } from './records.ts';
import { type Through, through } from './streams.ts';
import { newValues, samplesOf, Unpacker, type Unpacking, type UnpackOptions, unpack } from './unpack.ts';

/** All that makes a codec. */
export interface Contents {
  /** A model of its own, whose engine has the kernels of the mode and those of the codec. */
  readonly model: Model;
  readonly mode: Mode;
  readonly promise: PromiseName;
  readonly asked: number;
  readonly samplesPerBlock: number | undefined;
  readonly tables: Uint8Array;
  /** The codec's file, and what names it in compressed data. */
  readonly file: Uint8Array<ArrayBuffer>;
  readonly digest: number;
}

type Bytes = ArrayBuffer | ArrayBufferView;

function bytesOf(bytes: Bytes): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (Object.prototype.toString.call(bytes) === '[object ArrayBuffer]') return new Uint8Array(bytes);
  throw wrongType('bytes', 'an ArrayBuffer or a view of one', bytes);
}

function checked(options: UnpackOptions): UnpackOptions {
  read('options', options, { onDamage: maybe(callback) });
  return options;
}

/** Compresses samples to bytes and back. It holds a copy of the model: train the model on, and it stays as it was. */
export class Codec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> {
  /** What it does: `plain`, `bounded` or `lossless`. */
  readonly mode: 'plain' | 'bounded' | 'lossless';
  readonly #contents: Contents;
  readonly #size: number;
  #coder: { readonly bound: number; readonly coder: BlockCoder } | undefined;

  /** @internal Made by `createCodec` and `loadCodec`. Errors: FormatError for tables that are none. */
  constructor(contents: Contents) {
    this.#contents = contents;
    this.#size = sizeOf(contents.model.inputShape);
    this.mode = contents.mode.name;
    this.#coderFor(1);
  }

  /** Shape of one sample. */
  get inputShape(): Shape {
    return this.#contents.model.inputShape;
  }

  /**
   * n samples to bytes that `decompress` of this codec, and of every codec loaded from its file, takes back. What was
   * promised has been verified. Errors: TypeError, RangeError when the samples do not fit; in plain mode also when they
   * are not finite; TypeError for floats in lossless mode.
   */
  compress(x: Samples): Uint8Array<ArrayBuffer> {
    const { mode } = this.#contents;
    const rows = new Rows('x', x, this.inputShape, !mode.finite);
    if (mode.name === 'lossless' && !rows.pixels) throw wrongType('x', 'Uint8Array for lossless compression', x);
    const step = this.#rowsPerBlock();
    const list: Block[] = [];
    for (let first = 0; first < rows.count; first += step) {
      const count = Math.min(step, rows.count - first);
      list.push({ values: rows.values(first, count), rows: count });
    }
    const packer = this.#packer();
    const parts = [this.#header(), ...packer.blocks(list), packer.end()];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /**
   * The samples, end to end: the same bits on every runtime. Errors: TypeError; FormatError with a code for bytes that
   * this codec did not write, or that are damaged; with `onDamage`, for those whose header or end is.
   */
  decompress(bytes: Bytes, options: UnpackOptions = {}): Values {
    return unpack(this.#unpacking(), bytesOf(bytes), checked(options)) as Float32Array | Uint8Array as Values;
  }

  /** Random access to compressed samples. Keeps `bytes`, not a copy. Errors: as `decompress`. */
  open(bytes: Bytes): CodecReader<Values> {
    return new CodecReader<Values>(this.#unpacking(), bytesOf(bytes));
  }

  /**
   * A stream from `Float32Array`s or `Uint8Array`s of pixels, all of one kind, cut anywhere, to bytes. Holds one block;
   * takes no more than is asked for. A relative error or a ratio is of each block's own range, which is stricter.
   */
  compressionStream(): Through {
    const packer = this.#packer();
    let block: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | undefined;
    let filled = 0;
    const length = this.#rowsPerBlock() * this.#size;
    const self = this;
    function* flush(count: number) {
      const values = block!.subarray(0, count);
      // Also refuses what is not finite, where the mode does.
      const { count: rows } = new Rows('chunk', values, self.inputShape, !self.#contents.mode.finite);
      filled = 0;
      yield* packer.blocks([{ values, rows }]);
    }
    let begun = false;
    function* begin() {
      if (!begun) yield self.#header();
      begun = true;
    }
    return through<Float32Array | Uint8Array, Uint8Array>(
      function* (chunk) {
        yield* begin();
        const pixels = isBytes(chunk);
        if (!pixels && !isFloats(chunk)) throw wrongType('chunk', 'Float32Array or Uint8Array', chunk);
        if (!pixels && self.mode === 'lossless') throw wrongType('chunk', 'Uint8Array', chunk);
        block ??= pixels ? new Uint8Array(length) : new Float32Array(length);
        if (pixels !== isBytes(block)) throw wrongType('chunk', `${block.constructor.name} as before`, chunk);
        for (let at = 0; at < chunk.length; ) {
          const part = chunk.subarray(at, at + length - filled);
          block.set(part, filled);
          at += part.length;
          filled += part.length;
          if (filled === length) yield* flush(length);
        }
      },
      function* () {
        yield* begin();
        if (filled % self.#size) throw wrongValue('stream', `whole samples of ${self.#size} values`, filled);
        if (filled) yield* flush(filled);
        yield packer.end();
      },
    );
  }

  /**
   * A stream from compressed bytes, cut anywhere, to the values of one block after the other. Holds one block. A block
   * that is damaged fails the stream where it stands; with `onDamage` the stream goes on behind it. Errors: as
   * `decompress`.
   */
  decompressionStream(options: UnpackOptions = {}): Through {
    const unpacking = this.#unpacking();
    const unpacker = new Unpacker(unpacking, checked(options));
    return through<Uint8Array, Float32Array | Uint8Array>(
      function* (chunk) {
        // A copy: what is left waits for more, and a writer may fill its buffer anew once it has been taken.
        for (const item of unpacker.items(bytesOf(chunk).slice())) {
          if (item.kind === 'end') continue;
          const values = newValues(unpacking, samplesOf(item) * unpacking.size);
          unpacker.fill(values, item);
          yield values;
        }
      },
      () => {
        unpacker.finish();
        return [];
      },
    );
  }

  /** All a decoder needs, as the bytes of one `.safetensors` file: `loadCodec` gives a codec that writes the same bytes. */
  save(): Uint8Array<ArrayBuffer> {
    return this.#contents.file.slice();
  }

  get #engine(): Engine {
    return this.#contents.model[engineOf];
  }

  readonly #checksum = (bytes: Uint8Array): number => checksum(this.#engine, bytes);

  readonly #coderFor = (bound: number): BlockCoder => {
    if (!this.#coder || (this.#coder.bound !== bound && this.#contents.mode.name === 'bounded')) {
      const { mode, model, tables } = this.#contents;
      this.#coder = { bound, coder: mode.coder(model, tables, mode.name === 'bounded' ? bound : 0) };
    }
    return this.#coder.coder;
  };

  #rowsPerBlock(): number {
    const { samplesPerBlock } = this.#contents;
    return Math.min(samplesPerBlock ?? this.#coderFor(1).rowsPerBlock, mostRows(this.#widest()), 65535);
  }

  /** Values of a sample or of its code, whichever are more. */
  #widest(): number {
    return Math.max(this.#size, sizeOf(this.#contents.model.latentShape));
  }

  #packer(): Packer {
    const { promise, asked, mode } = this.#contents;
    const bytes = mode.bytes ?? mode.name === 'lossless';
    return new Packer({ promise, asked, bytes, checksum: this.#checksum, coderFor: this.#coderFor });
  }

  #header(): Uint8Array<ArrayBuffer> {
    const { promise, asked, mode, digest } = this.#contents;
    return writeHeader({ mode: mode.id, promise, asked, digest, shape: this.inputShape }, this.#checksum);
  }

  #unpacking(): Unpacking {
    const { mode, digest, promise } = this.#contents;
    return {
      checksum: this.#checksum,
      size: this.#size,
      widest: this.#widest(),
      bytes: mode.name === 'lossless',
      coderFor: this.#coderFor,
      check: (header: Header): void => {
        const shape = this.inputShape.join();
        if (header.digest !== digest || header.shape.join() !== shape)
          throw bad(
            'model',
            'bytes',
            `data of codec ${hex(digest)}, [${shape}]`,
            `${hex(header.digest)}, [${header.shape}]`,
          );
        if (header.mode !== mode.id || header.promise !== promise)
          throw bad('corrupt', 'header', `mode ${mode.id}, ${promise}`, `${header.mode}, ${header.promise}`);
      },
    };
  }
}

/** A digest as it is written. */
export const hex = (digest: number): string => digest.toString(16).padStart(8, '0');
