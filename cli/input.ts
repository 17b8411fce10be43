// Reads files and standard input.

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { describeFailure } from '../tools/files.ts';
import { Failure } from './errors.ts';

/** The largest file that is read at once. A `Buffer` of Node holds more, but samples as floats take four times as much. */
const MAXIMUM_BYTES = 2 ** 31;

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;

function checkSize(bytes: number, maximum = MAXIMUM_BYTES): void {
  if (bytes > maximum)
    throw new Failure(`a file of ${gigabytes(bytes)} is too large, the limit is ${gigabytes(maximum)}: split it`);
}

/** All bytes of a pipe or device, which states no size and can be endless, such as /dev/zero. Errors: Failure. */
function readToEnd(file: number, maximum: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const part = Buffer.allocUnsafe(2 ** 18);
    const bytes = readSync(file, part);
    if (bytes === 0) return Buffer.concat(parts, total);
    parts.push(part.subarray(0, bytes));
    total += bytes;
    checkSize(total, maximum);
  }
}

/** All bytes of standard input. Errors: Failure for a terminal and for too many bytes. */
async function readStandardInput(): Promise<Uint8Array> {
  if (process.stdin.isTTY)
    throw new Failure('standard input is a terminal: name a file, or pipe data into the command');
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of process.stdin) {
    parts.push(part);
    bytes += part.length;
    checkSize(bytes);
  }
  return Buffer.concat(parts);
}

/** The bytes of a file, or of standard input for `-`. Errors: Failure that names the file and says why. */
export async function readBytes(path: string, maximum = MAXIMUM_BYTES): Promise<Uint8Array> {
  if (path === '-') return await readStandardInput();
  try {
    const file = openSync(path, 'r');
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) throw new Failure('a folder, not a file: name its files, such as FOLDER/*.png');
      checkSize(stat.size, maximum);
      return stat.isFile() && stat.size > 0 ? readFileSync(file) : readToEnd(file, maximum);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${describeInputFailure(error)}`);
  }
}

function describeInputFailure(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'no such file (ENOENT)';
  if ((error as NodeJS.ErrnoException).code === 'EISDIR') return 'a folder, not a file (EISDIR)';
  return describeFailure(error);
}
