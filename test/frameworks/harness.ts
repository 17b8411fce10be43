// Projects that use the package with other tools, which are installed in this folder.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** The folder of the projects. */
export const folder = fileURLToPath(new URL('.', import.meta.url));
/** The folder for build output. */
export const out = fileURLToPath(new URL('../../build/frameworks/', import.meta.url));
const modules = `${folder}node_modules/`;

/** The file of a tool. */
export const tool = (path: string): string => modules + path;

/** The reason why a tool cannot run; undefined if it is installed. */
export const lacking = (path: string): string | undefined =>
  existsSync(tool(path)) ? undefined : 'npm ci --prefix test/frameworks did not succeed';

const env = {
  ...process.env,
  CI: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  PARCEL_WORKERS: '1',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
};

/** Runs a script of a tool in a project and returns its output. Errors: it fails, or takes longer than three minutes. */
export function run(cwd: string, file: string, ...args: readonly string[]): string {
  const options = { cwd, env, encoding: 'utf8', timeout: 180_000, input: '' } as const;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [file, ...args], options);
  assert.equal(status, 0, `${file} ended with ${signal ?? status}\n${stdout}\n${stderr}`);
  return stdout + stderr;
}

/** Starts a server that listens on the given port. Resolves when the server answers. */
export async function listen(
  cwd: string,
  file: string,
  args: (port: string) => readonly string[],
): Promise<{ url: string; stop(): void }> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const port = String((probe.address() as AddressInfo).port);
  await new Promise((resolve) => probe.close(resolve));
  const child: ChildProcess = spawn(process.execPath, [file, ...args(port)], { cwd, env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/`;
  for (let tries = 0; ; tries++) {
    try {
      await fetch(url);
      return { url, stop: () => child.kill('SIGKILL') };
    } catch (error) {
      if (tries === 150 || child.exitCode !== null) {
        child.kill('SIGKILL');
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
