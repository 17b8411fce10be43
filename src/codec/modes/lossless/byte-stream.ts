// A stream of bytes: samples as pictures, and the kernel of assembly/residual/byte-coder.ts that codes them.

import { type Shape, sizeOf } from '../../../core/shape.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { type CodedStream, runResidualCoder } from '../../residual-coder.ts';

/** How bytes are coded. */
export interface ByteStream {
  /** Places in a line of a picture. */
  readonly width: number;
  /** Bytes, of whole samples. */
  readonly count: number;
  /** State of a coder that has seen similar samples. */
  readonly priorState?: Uint8Array | undefined;
}

/**
 * The widths that lines of a sample may have, in descending order. A sample of shape [h, w, c] or [w, c] has lines of w
 * places; one of shape [n] is a picture of one channel whose width divides n.
 */
export function lineWidths(shape: Shape): number[] {
  if (shape.length > 1) return [shape.at(-2)!];
  const size = shape[0]!;
  const widths = new Set([size]);
  for (let w = Math.floor(Math.sqrt(size)); w > 1; w--) if (size % w === 0) widths.add(w).add(size / w);
  return [...widths].filter((w) => w > 3 || w === size).sort((a, b) => b - a);
}

function codeBytes(
  { inputShape, [engineSymbol]: engine }: Model,
  { width, count, priorState }: ByteStream,
  input: Uint8Array,
  decoding: boolean,
): CodedStream | undefined {
  const { kernels } = engine;
  const size = sizeOf(inputShape);
  const channels = inputShape.length > 1 ? inputShape.at(-1)! : 1;
  const height = size / channels / width;
  const sizes = { state: kernels.byteStateBytes(), values: count };
  return runResidualCoder(engine, sizes, input, decoding, priorState, ({ state, values, stream, streamEnd }) => {
    if (!priorState) kernels.initByteCoder(state);
    return kernels.codeBytes(state, values, count / size, height, width, channels, stream, streamEnd, +decoding);
  });
}

/** Encodes samples. Undefined where the stream is not smaller. */
export const encodeBytes = (model: Model, stream: ByteStream, values: Uint8Array): CodedStream | undefined =>
  codeBytes(model, stream, values, false);

/** Decodes samples: `bytes` of the result. Errors: FormatError for a stream that no encoder wrote. */
export const decodeBytes = (model: Model, stream: ByteStream, bytes: Uint8Array): CodedStream =>
  codeBytes(model, stream, bytes, true)!;
