// Reads archives of NumPy (.npz), zip files of `.npy` arrays.

import { unzipSync } from 'fflate';
import type { ArrayData } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { checkDecodedBytes, MAXIMUM_DEFLATE_RATIO } from './limits.ts';
import { readNpy, readNpyHeader } from './npy.ts';
import { shapeText } from './number-types.ts';

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly compressedBytes: number;
  readonly bytes: number;
}

/** The files of a zip archive. Errors: Failure for a damaged archive. */
export function listZip(bytes: Uint8Array): ZipEntry[] {
  const entries: ZipEntry[] = [];
  try {
    unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        entries.push({ name, compressedBytes: size, bytes: originalSize });
        return false;
      },
    });
  } catch {
    throw new Failure('the zip archive is damaged or truncated');
  }
  return entries;
}

/** The bytes of one file of a zip archive. Errors: Failure for a damaged file and for one that is too large. */
export function readZipEntry(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  checkDecodedBytes(entry.bytes);
  if (entry.bytes > (entry.compressedBytes + 1) * MAXIMUM_DEFLATE_RATIO || entry.compressedBytes > bytes.length)
    throw new Failure(`the zip archive is damaged: ${entry.name} has a size that its bytes cannot give`);
  try {
    const content = unzipSync(bytes, { filter: ({ name }) => name === entry.name })[entry.name];
    if (content?.length === entry.bytes) return content;
  } catch {
    // The message below says it.
  }
  throw new Failure(`the zip archive is damaged: ${entry.name} cannot be decompressed`);
}

/** An array in an archive, without its numbers. */
export interface NpzArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
}

const arrayName = ({ name }: ZipEntry): string => name.slice(0, -'.npy'.length);
const arrayEntries = (bytes: Uint8Array): ZipEntry[] => listZip(bytes).filter(({ name }) => name.endsWith('.npy'));

/** The arrays of an archive. Arrays that are no numbers have a type that says so and an empty shape. */
export function listNpz(bytes: Uint8Array): NpzArray[] {
  return arrayEntries(bytes).map((entry) => {
    const name = arrayName(entry);
    try {
      const { shape, type } = readNpyHeader(readZipEntry(bytes, entry));
      return { name, shape, type };
    } catch (error) {
      return { name, shape: [], type: `not readable (${(error as Error).message})` };
    }
  });
}

/**
 * One array of an archive. Without `name`: the only array, or the only one with more than one axis. Errors: Failure for an
 * unknown name and for several arrays without a name; it lists the arrays.
 */
export function readNpz(bytes: Uint8Array, name?: string): ArrayData {
  const entries = arrayEntries(bytes);
  if (entries.length === 0) throw new Failure('the zip archive has no .npy file, so it is not an .npz file');
  let chosen = entries.filter((entry) => arrayName(entry) === name);
  if (name === undefined) {
    chosen = entries;
    if (chosen.length > 1) {
      const matrices = new Set(listNpz(bytes).flatMap((array) => (array.shape.length > 1 ? [array.name] : [])));
      chosen = entries.filter((entry) => matrices.has(arrayName(entry)));
    }
  }
  if (chosen.length === 1) return readNpy(readZipEntry(bytes, chosen[0]!));
  const list = listNpz(bytes).map((array) => `${array.name} (${shapeText(array.shape)} ${array.type})`);
  const fault = name === undefined ? `the archive has ${entries.length} arrays` : `the archive has no array "${name}"`;
  throw new Failure(`${fault}: choose one with --array NAME or FILE:NAME; ${list.join(', ')}`);
}
