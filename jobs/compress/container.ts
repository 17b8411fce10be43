// The file: a .safetensors file with a structure in JSON and the data that the structure describes.

import { FormatError, readSafetensors, writeSafetensors } from 'isthmus';
import { crc32 } from './checksum.ts';
import { deflate, inflate } from './chunks.ts';
import { Fields } from './fields.ts';
import { jsonDictionary } from './json-dictionary.ts';

export const FORMAT = 'isthmus-data';
export const VERSION = 1;

/** Maximum number of bytes of a structure: names, texts and formats of the columns. */
const MAX_STRUCTURE_BYTES = 2 ** 28;

export interface Content {
  readonly structure: Fields;
  readonly data: Uint8Array;
}

/** The bytes of a file. */
export function writeContainer(structure: object, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(structure));
  const packed = deflate(json, jsonDictionary);
  const metadata = {
    format: FORMAT,
    version: String(VERSION),
    structureBytes: String(json.length),
    crc32: crc32(packed, data),
  };
  return writeSafetensors(
    { structure: { shape: [packed.length], data: packed }, data: { shape: [data.length], data } },
    metadata,
  );
}

/**
 * Reads a file. Errors: FormatError, `model` for a .safetensors file of another kind, `version` for a file of a later version,
 * `truncated` and `corrupt` for damaged files.
 */
export function readContainer(bytes: Uint8Array): Content {
  const { tensors, metadata } = readSafetensors<Uint8Array<ArrayBuffer>>(bytes);
  if (metadata.format !== FORMAT)
    throw new FormatError('model', 'not a file of `isthmus compress`: a .safetensors file of another kind');
  const version = Number(metadata.version);
  if (version !== VERSION)
    throw new FormatError('version', `the file has version ${metadata.version}; this isthmus reads version ${VERSION}`);
  const packed = tensors.structure?.data;
  const data = tensors.data?.data;
  if (!(packed instanceof Uint8Array && data instanceof Uint8Array))
    throw new FormatError('corrupt', 'the file is damaged: it lacks its structure or its data');
  if (crc32(packed, data) !== metadata.crc32)
    throw new FormatError('corrupt', 'the file is damaged: its checksum does not match');
  const size = Number(metadata.structureBytes);
  if (!Number.isSafeInteger(size) || size < 2 || size > MAX_STRUCTURE_BYTES)
    throw new FormatError('corrupt', 'the file is damaged: the size of its structure');
  const json = new TextDecoder().decode(inflate(packed, size, jsonDictionary));
  let structure: unknown;
  try {
    structure = JSON.parse(json);
  } catch {
    throw new FormatError('corrupt', 'the file is damaged: its structure is not JSON');
  }
  return { structure: new Fields(structure), data };
}
