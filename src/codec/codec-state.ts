// All that the parts of a codec share.

import { sizeOf } from '../core/shape.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import { checksum } from './checksum.ts';
import { maxSamples } from './container/parser.ts';
import type { Checksum, Guarantee } from './container/records.ts';
import type { BlockCoder, Mode, ValueFormat } from './mode.ts';
import { MAX_BLOCK_SAMPLES } from './options.ts';

/** All that makes a codec. */
export interface CodecFile extends ValueFormat {
  /** A model of its own, whose engine has the kernels of the mode and those of the codec. */
  readonly model: Model;
  readonly mode: Mode;
  readonly guarantee: Guarantee;
  /** What was asked for; of bounds by channel the largest. */
  readonly target: number;
  readonly samplesPerBlock: number | undefined;
  readonly tables: Uint8Array;
  /** The codec's file, and what names it in compressed data. */
  readonly fileBytes: Uint8Array<ArrayBuffer>;
  readonly digest: number;
}

/** And what follows from it. */
export interface CodecState extends CodecFile {
  readonly coder: BlockCoder;
  readonly checksum: Checksum;
  /** Samples in a block: what was asked for, or suits the mode, as far as a block may hold it. */
  readonly rowsPerBlock: number;
  /** Values of one sample. */
  readonly sampleSize: number;
  /** The larger of those and of the values of a code. */
  readonly maxWidth: number;
}

/** Errors: FormatError for tables that are none. */
export function codecState(contents: CodecFile): CodecState {
  const { model, mode, tables, samplesPerBlock } = contents;
  const coder = mode.coder(model, tables, contents);
  const sampleSize = sizeOf(model.inputShape);
  const maxWidth = Math.max(sampleSize, sizeOf(model.latentShape));
  return {
    ...contents,
    coder,
    checksum: (bytes) => checksum(model[engineSymbol], bytes),
    rowsPerBlock: Math.min(samplesPerBlock ?? coder.rowsPerBlock, maxSamples(maxWidth), MAX_BLOCK_SAMPLES),
    sampleSize,
    maxWidth,
  };
}
