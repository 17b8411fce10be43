// All that the parts of a codec share.

import { sizeOf } from '../engine/layer-definition.ts';
import { engineOf, type Model } from '../model/model.ts';
import { checksum } from './checksum.ts';
import { mostRows } from './container/parser.ts';
import type { Checksum, PromiseName } from './container/records.ts';
import type { BlockCoder, Kind, Mode } from './mode.ts';
import { MOST_ROWS } from './options.ts';

/** All that makes a codec. */
export interface Contents extends Kind {
  /** A model of its own, whose engine has the kernels of the mode and those of the codec. */
  readonly model: Model;
  readonly mode: Mode;
  readonly promise: PromiseName;
  /** What was asked for; of bounds by channel the largest. */
  readonly asked: number;
  readonly samplesPerBlock: number | undefined;
  readonly tables: Uint8Array;
  /** The codec's file, and what names it in compressed data. */
  readonly file: Uint8Array<ArrayBuffer>;
  readonly digest: number;
}

/** And what follows from it. */
export interface Coding extends Contents {
  readonly coder: BlockCoder;
  readonly checksum: Checksum;
  /** Samples in a block: what was asked for, or suits the mode, as far as a block may hold it. */
  readonly rowsPerBlock: number;
  /** Values of one sample. */
  readonly size: number;
  /** The larger of those and of the values of a code. */
  readonly widest: number;
}

/** Errors: FormatError for tables that are none. */
export function codingOf(contents: Contents): Coding {
  const { model, mode, tables, samplesPerBlock } = contents;
  const coder = mode.coder(model, tables, contents);
  const size = sizeOf(model.inputShape);
  const widest = Math.max(size, sizeOf(model.latentShape));
  return {
    ...contents,
    coder,
    checksum: (bytes) => checksum(model[engineOf], bytes),
    rowsPerBlock: Math.min(samplesPerBlock ?? coder.rowsPerBlock, mostRows(widest), MOST_ROWS),
    size,
    widest,
  };
}
