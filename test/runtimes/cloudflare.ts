// The Worker of examples/cloudflare-worker-telemetry as its README starts it: copied to a project that has the packed package,
// its tables made by a migration, and served by `wrangler dev`.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lacking, project, tool } from './harness.ts';

const example = fileURLToPath(new URL('../../examples/cloudflare-worker-telemetry/', import.meta.url));
const program = tool('wrangler/wrangler-dist/cli.js');

export const TOKEN = 'a secret of the tests';

/** The reason why it cannot run; undefined if it can. */
export const missing = lacking('wrangler');

const env = {
  ...process.env,
  WRANGLER_SEND_METRICS: 'false',
  DO_NOT_TRACK: '1',
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  FORCE_COLOR: '0',
};

/** Runs wrangler in a folder, which must succeed, and gives what it printed. */
export function wrangler(folder: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`wrangler ${args.join(' ')} ended with ${code}: ${text}`)),
    );
  });
}

/** A copy of the example beside the installed package, with its secret. */
export function copy(name: string): string {
  const folder = `${project}${name}/`;
  rmSync(folder, { recursive: true, force: true });
  cpSync(example, folder, { recursive: true, filter: (path) => !/\/(node_modules|\.wrangler)(\/|$)/.test(path) });
  writeFileSync(`${folder}.dev.vars`, `TOKEN="${TOKEN}"\n`);
  return folder;
}

/** Makes the tables of a copy. */
export const migrate = (folder: string): Promise<string> =>
  wrangler(folder, 'd1', 'migrations', 'apply', 'readings', '--local');

export interface Served {
  readonly url: string;
  /** The process of wrangler, whose child is workerd. */
  readonly pid: number;
  /** What it has printed so far. */
  printed(): string;
  stop(): Promise<void>;
}

/** Serves a folder on a free port of this machine. */
export async function dev(folder: string, ...args: string[]): Promise<Served> {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      program,
      'dev',
      '--ip',
      '127.0.0.1',
      '--port',
      '0',
      '--inspector-port',
      '0',
      '--show-interactive-dev-session=false',
      ...args,
    ],
    { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const ready = /Ready on (http:\/\/127\.0\.0\.1:\d+)/.exec(text);
        if (ready) resolve(ready[1]!);
      });
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`wrangler dev ended with ${code}: ${text}`)));
  });
  return {
    url,
    pid: child.pid!,
    printed: () => text,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The body, where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly json: any;
}

export type Body = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | object;

/** Calls of one Worker, with its secret unless `token` is another or `undefined`. */
export const caller =
  (url: string) =>
  async (method: string, path: string, body?: Body, token: string | undefined = TOKEN): Promise<Answer> => {
    const raw = body instanceof Uint8Array || body instanceof ReadableStream;
    const response = await fetch(url + path, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(body && { body: raw ? body : JSON.stringify(body) }),
      duplex: 'half',
    } as RequestInit);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { status, headers } = response;
    const text = headers.get('content-type')?.includes('json') ? new TextDecoder().decode(bytes) : '{}';
    return { status, headers, bytes, json: JSON.parse(text) };
  };
