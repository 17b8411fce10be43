// The adaptive coders of assembly/residual: values to a stream and back, on the model's memory.

import { asBytes } from '../core/bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { corruptBlock } from './mode.ts';

/** Bytes of the blocks of memory that a coder needs: for its state, for the values, and others. */
type Sizes<Name extends string> = Readonly<Record<Name | 'state' | 'values', number>>;
/** Addresses of these blocks, and of the stream. */
type Addresses<Name extends string> = Readonly<Record<Name | 'state' | 'values' | 'stream' | 'streamEnd', number>>;

export interface CodedStream {
  /** The stream, or the decoded values. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** A copy of the values that a decoder gets. Read it before the model's memory is used again. */
  readValues(): Uint8Array<ArrayBuffer>;
  /** A copy of the coder's state after the last value. Read it before the model's memory is used again. */
  readState(): Uint8Array;
}

/** Maximum number of bytes of a stream for one value. See assembly/residual/float-coder.ts. */
const MAX_BYTES_PER_VALUE = 96;

/**
 * Encodes the values in `input`, or decodes the stream in it. `priorState`: state of a coder that has seen similar values; else
 * `runKernel` initializes the state. `runKernel` returns the bytes of the stream that the kernel wrote or read, or a negative
 * number.
 *
 * Undefined for values that cannot be encoded, and for a stream that is not smaller than the values. Errors: FormatError for
 * a stream that no encoder wrote.
 */
export function runResidualCoder<Name extends string>(
  engine: Engine,
  sizes: Sizes<Name>,
  input: Float32Array | Uint8Array,
  decoding: boolean,
  priorState: Uint8Array | undefined,
  runKernel: (addresses: Addresses<Name>) => number,
): CodedStream | undefined {
  const { memory } = engine;
  const bytes = asBytes(input)!;
  const streamBytes = decoding ? bytes.length : bytes.length + MAX_BYTES_PER_VALUE;
  const blocks = engine.allocatePerCall<Readonly<Record<string, number>>>(
    { ...sizes, stream: streamBytes },
    'samples',
  ) as Addresses<Name>;
  const { state, values, stream } = blocks;
  if (priorState) memory.bytes.set(priorState, state);
  memory.bytes.set(bytes, decoding ? stream : values);
  const usedBytes = runKernel({ ...blocks, streamEnd: stream + streamBytes });
  // A decoder reads 4 bytes ahead, and an encoder drops zeros at the end: a valid stream is read 0 to 4 bytes past its end.
  const isValid = decoding
    ? usedBytes >= streamBytes && usedBytes <= streamBytes + 4
    : usedBytes >= 0 && usedBytes < bytes.length;
  if (!isValid) {
    if (decoding) throw corruptBlock();
    return undefined;
  }
  const copy = (address: number, size: number): Uint8Array<ArrayBuffer> => memory.bytes.slice(address, address + size);
  return {
    bytes: decoding ? copy(values, sizes.values) : copy(stream, usedBytes),
    readValues: () => copy(values, sizes.values),
    readState: () => copy(state, sizes.state),
  };
}
