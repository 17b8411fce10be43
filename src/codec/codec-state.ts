// A codec, ready to compress and to decompress.

import { sizeOf } from '../core/shape.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import { checksum } from './checksum.ts';
import type { ParserContext } from './container/parser.ts';
import { modeIdOf, versionOf } from './container/version.ts';
import type { CompressionTarget } from './guarantee.ts';
import { MAX_BLOCK_SAMPLES, maxBlockSamples } from './limits.ts';
import type { BlockCoder, Mode, ValueFormat } from './mode.ts';

/** The contents of a codec's file. */
export interface CodecFile extends CompressionTarget, ValueFormat {
  /** The codec's own copy of the model. Its engine has the kernels of the mode and those of the codec. */
  readonly model: Model;
  readonly mode: Mode;
  /** The option; undefined where it was left out. */
  readonly samplesPerBlock: number | undefined;
  /** What calibration learnt, as the mode stores it. */
  readonly tables: Uint8Array;
  readonly fileBytes: Uint8Array<ArrayBuffer>;
  /** Digest of the file, which compressed data name. */
  readonly digest: number;
}

export interface CodecState extends CodecFile, ParserContext {
  readonly coder: BlockCoder;
  /** Samples in a full block. */
  readonly blockSamples: number;
  /** Values of a sample. */
  readonly sampleSize: number;
}

/** Errors: FormatError for tables that no calibration made. */
export function codecState(file: CodecFile): CodecState {
  const { model, mode, tables, samplesPerBlock } = file;
  const coder = mode.coder(model, tables, file);
  const shape = model.inputShape;
  const sampleSize = sizeOf(shape);
  const maxWidth = Math.max(sampleSize, sizeOf(model.latentShape));
  return {
    ...file,
    version: versionOf(mode, file),
    modeId: modeIdOf(mode, file),
    shape,
    coder,
    checksum: (bytes) => checksum(model[engineSymbol], bytes),
    blockSamples: Math.min(samplesPerBlock ?? coder.blockSamples, maxBlockSamples(maxWidth), MAX_BLOCK_SAMPLES),
    sampleSize,
    maxWidth,
  };
}
