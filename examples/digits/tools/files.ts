// Files that are written completely or not at all, and failures of the file system in words.

import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EFBIG: 'the file would be larger than allowed',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'part of the path is no folder',
  EEXIST: 'something else is there',
  EISDIR: 'a folder is there',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links form a circle',
};

/** The reason why a file operation failed, in words, with the error code. */
export function describeFailure(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ? `${reasons[code] ?? message} (${code})` : message;
}

/** Replaces a file in one step: until `data` is written completely, the old file stays as it is. */
export function writeFileAtomically(path: string, data: Uint8Array | string): void {
  // A name of its own: a name made from that of the file could be too long.
  const temporary = join(dirname(path), `.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, data);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`cannot write ${path}: ${describeFailure(error)}`);
  }
}

/** Like `mkdirSync` with `recursive: true`, which never returns in a folder such as /proc that answers ENOENT. */
function makeFolder(folder: string): void {
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeFolder(parent);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) mkdirSync(folder);
}

/** Makes a folder and writes a test file into it, so that a failure shows before hours of training and not after. */
export function ensureWritableFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new Error(`cannot make the folder ${folder}: ${describeFailure(error)}`);
  }
  const probe = join(folder, `.${process.pid}.probe`);
  try {
    writeFileSync(probe, 'probe');
  } catch (error) {
    throw new Error(`cannot write into the folder ${folder}: ${describeFailure(error)}`);
  } finally {
    rmSync(probe, { force: true });
  }
}
