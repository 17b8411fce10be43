// Runs dist/cli.js as a process.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The path of the command. */
export const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The end of a command. */
export interface Outcome {
  /** The exit code; null where a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as bytes. */
  readonly bytes: Buffer;
}

interface RunOptions {
  /** Working folder. */
  readonly folder?: string;
  /** Standard input. Default: empty. */
  readonly input?: Uint8Array | string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with the running process. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs `isthmus ARGUMENTS`. */
export function isthmus(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: options.folder,
      env: { ...process.env, ...options.env },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (part) => stdout.push(part));
    child.stderr.on('data', (part) => stderr.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      const bytes = Buffer.concat(stdout);
      resolve({ code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(stderr).toString() });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    options.onStart?.(child);
  });
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
