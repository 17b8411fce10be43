// Builds files of every kind with right checksums and arbitrary content, as an attacker would.

import { redigest } from '../fuzz/mutate.ts';
import { crc32c } from '../reference/crc32c.ts';

/** A tensor of a forged file: its type, shape and data. */
export type ForgedTensor = readonly [dtype: string, shape: readonly number[], data: Uint8Array];

/** A `.safetensors` file with these tensors in a row. */
export function safetensors(
  metadata: Readonly<Record<string, string>>,
  tensors: Readonly<Record<string, ForgedTensor>> = {},
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, [dtype, shape, data]]) => {
    end += data.length;
    return [name, { dtype, shape, data_offsets: [end - data.length, end] }] as const;
  });
  const header = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  return withHeader(
    header,
    Object.values(tensors).map(([, , data]) => data),
  );
}

/** A `.safetensors` file whose header is this text. */
export function withHeader(header: string, blocks: readonly Uint8Array[] = []): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + blocks.reduce((sum, { length }) => sum + length, 0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}

const described = (format: string, spec: object | string): Record<string, string> => ({
  format,
  version: '1',
  model: typeof spec === 'string' ? spec : JSON.stringify(spec),
  seed: '1',
});

export const modelFile = (spec: object | string, tensors: Readonly<Record<string, ForgedTensor>> = {}) =>
  safetensors(described('isthmus', spec), tensors);

export const checkpointFile = (
  spec: object | string,
  training: object,
  tensors: Readonly<Record<string, ForgedTensor>> = {},
) => safetensors({ ...described('isthmus-checkpoint', spec), training: JSON.stringify(training) }, tensors);

export const detectorFile = (
  spec: object | string,
  detector: object,
  tensors: Readonly<Record<string, ForgedTensor>> = {},
) => safetensors({ ...described('isthmus-detector', spec), detector: JSON.stringify(detector) }, tensors);

/** A codec's file with the right digest. */
export const codecFile = (
  spec: object | string,
  codec: object | string,
  tables: Uint8Array,
  tensors: Readonly<Record<string, ForgedTensor>> = {},
) =>
  redigest(
    safetensors(
      {
        ...described('isthmus-codec', spec),
        codec: typeof codec === 'string' ? codec : JSON.stringify(codec),
        digest: '00000000',
      },
      { ...tensors, 'codec.tables': ['U8', [tables.length], tables] },
    ),
  ) as Uint8Array<ArrayBuffer>;

/** The bytes of the values as float32. */
export const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

/** The digest in the metadata of a codec's file. */
export function digestOf(file: Uint8Array): number {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const { __metadata__ } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  return Number.parseInt(__metadata__.digest, 16);
}

/** One block of compressed data. */
export interface ForgedBlock {
  readonly samples: number;
  readonly payload: Uint8Array;
  readonly bound?: number;
  /** Number of the first sample; default: the sample after the previous block. */
  readonly first?: number;
  /** Whether the checksum of the payload is wrong. */
  readonly damaged?: boolean;
}

const modes = { plain: 1, bounded: 2, lossless: 3 } as const;

/** Compressed data with right checksums. */
export function compressed(
  digest: number,
  shape: readonly number[],
  mode: keyof typeof modes,
  guarantee: readonly [id: number, bound: number],
  blocks: readonly ForgedBlock[],
): Uint8Array<ArrayBuffer> {
  const size = 24 + 4 * shape.length + 36 + blocks.reduce((sum, { payload }) => sum + 28 + payload.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const seal = (from: number, to: number): void => view.setUint32(to, crc32c(bytes.subarray(from, to)), true);
  bytes.set([0x89, 0x49, 0x53, 0x54, 1, modes[mode], guarantee[0], shape.length]);
  view.setUint32(8, digest, true);
  view.setFloat64(12, guarantee[1], true);
  shape.forEach((dimension, i) => {
    view.setUint32(20 + 4 * i, dimension, true);
  });
  let at = 24 + 4 * shape.length;
  seal(0, at - 4);
  let next = 0;
  for (const { samples, payload, bound = 0, first = next, damaged } of blocks) {
    view.setUint16(at, 0xb10c, true);
    view.setUint16(at + 2, samples, true);
    view.setUint32(at + 4, first % 2 ** 32, true);
    view.setUint32(at + 8, payload.length, true);
    view.setFloat64(at + 12, bound, true);
    view.setUint32(at + 20, crc32c(payload) ^ (damaged ? 1 : 0), true);
    seal(at, at + 24);
    bytes.set(payload, at + 28);
    at += 28 + payload.length;
    next = first + samples;
  }
  view.setUint16(at, 0xe0d5, true);
  view.setUint32(at + 4, blocks.length, true);
  view.setBigUint64(at + 8, BigInt(next), true);
  view.setFloat64(at + 16, Number.NaN, true);
  view.setFloat64(at + 24, Number.NaN, true);
  seal(at, at + 32);
  return bytes;
}
