// Runs the programs of a document in a folder of the document, against the built package.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from './blocks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Inside the package, so that `isthmus` is the built package and the development dependencies can be imported. */
const folders = join(root, 'build/docs/blocks');
const commands = join(folders, 'bin');

/** A folder for the programs of a document, with the files of docs/samples. */
export function folderFor(page: string): string {
  const folder = join(folders, page.replace(/\W+/g, '-'));
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'docs/samples'), folder, { recursive: true });
  return folder;
}

/** Puts `npx` on the path: it runs the built command `isthmus`, and no other. */
export function makeCommands(): void {
  mkdirSync(commands, { recursive: true });
  const npx = join(commands, 'npx');
  const command = `exec "${process.execPath}" "${join(root, 'dist/cli.js')}" "$@"`;
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = isthmus ] || exit 127\nshift\n${command}\n`);
  chmodSync(npx, 0o755);
}

/** What a program printed, on both streams, and its exit code; `signal` if it took too long. */
export interface Printed {
  readonly text: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs a program for at most two minutes. */
export function runProgram({ language, code, blocks }: Program, folder: string): Promise<Printed> {
  const path = `${commands}${delimiter}${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: path, NO_COLOR: '1' };
  delete env.NODE_TEST_CONTEXT;
  const options = { cwd: folder, env, timeout: 120_000 };
  const file = `line-${blocks[0]!.line}.${language}`;
  writeFileSync(join(folder, file), language === 'sh' ? `exec 2>&1\n${code}` : code);
  const child =
    language === 'sh'
      ? spawn('bash', ['-euo', 'pipefail', file], options)
      : spawn(process.execPath, ['--trace-warnings', file], options);
  child.stdin.end();
  return new Promise((resolve, reject) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ text, code: exitCode, signal }));
  });
}
