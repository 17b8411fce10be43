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
};

/** What a file operation failed at, in words. */
export function why(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ? `${reasons[code] ?? message} (${code})` : message;
}

/** Writes a file whole or not at all: what was there before stays until the new file is complete. */
export function writeWhole(path: string, data: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, data);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`cannot write ${path}: ${why(error)}`);
  }
}

/** As `recursive: true`, which does not come back from a place like /proc that refuses with ENOENT. */
function makeFolder(folder: string): void {
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeFolder(parent);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) mkdirSync(folder);
}

/** Makes a folder and proves that it can be written to, before work is done that would be lost. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new Error(`cannot make the folder ${folder}: ${why(error)}`);
  }
  const probe = join(folder, `.${process.pid}.probe`);
  writeWhole(probe, 'probe');
  rmSync(probe);
}
