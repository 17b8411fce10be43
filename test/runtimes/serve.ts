// Starts workerd without wrangler, with given modules, on a port of this machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { lacking, project, tool } from './harness.ts';

const program = tool('workerd/bin/workerd');

/** The reason why it cannot run; undefined if it can. */
export const missing = lacking('workerd');

/** Files by name; `worker.js` is the main module, `*.bin` are imported as an ArrayBuffer. */
export type Modules = ReadonlyMap<string, Uint8Array>;

/** Code bundled with the installed package as wrangler does, or with other `options`. */
export async function bundle(code: string, options: BuildOptions = {}): Promise<Modules> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: project, sourcefile: 'worker.js' },
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    external: ['cloudflare:*', 'node:*', '*.bin'],
    assetNames: '[name]',
    outdir: '/',
    entryNames: 'worker',
    logLevel: 'error',
    ...options,
    write: false,
  });
  return new Map(outputFiles!.map(({ path, contents }) => [path.split(/[\\/]/).at(-1)!, contents]));
}

export interface Serving {
  readonly url: string;
  readonly pid: number;
  /** The address of the inspector, if it is enabled. */
  readonly inspector: string | undefined;
  stop(): Promise<void>;
}

/** Errors: the output of workerd, if it exits before it listens. */
export async function serve(
  modules: Modules,
  date = '2026-11-01',
  flags: readonly string[] = [],
  inspect = false,
): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-'));
  for (const [name, bytes] of modules) writeFileSync(join(folder, name), bytes);
  const kinds = { wasm: 'wasm', js: 'esModule', bin: 'data' };
  const kind = (name: string): string => kinds[name.split('.').at(-1) as keyof typeof kinds];
  // The main module must be the first.
  const names = [...modules.keys()].sort((a, b) => Number(b === 'worker.js') - Number(a === 'worker.js'));
  const list = names.map((name) => `(name = "${name}", ${kind(name)} = embed "${name}")`).join(',\n    ');
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${list}],
  compatibilityDate = "${date}",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`,
  );
  // workerd writes its ports to file descriptor 3.
  const options = ['--control-fd=3', ...(inspect ? ['--inspector-addr=127.0.0.1:0'] : [])];
  const child = spawn(program, ['serve', ...options, join(folder, 'config.capnp')], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve())).finally(() =>
    rmSync(folder, { recursive: true }),
  );
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  const ports = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    (child.stdio[3] as NodeJS.ReadableStream).setEncoding('utf8').on('data', (lines) => {
      for (const line of String(lines).split('\n').filter(Boolean)) {
        const { event, port } = JSON.parse(line);
        if (port) ports.set(event, `127.0.0.1:${port}`);
      }
      if (ports.has('listen') && (!inspect || ports.has('listen-inspector'))) resolve();
    });
    child.on('error', reject);
    ended.then(() => reject(new Error(`workerd ended: ${text}`)));
  });
  return {
    url: `http://${ports.get('listen')}/`,
    pid: child.pid!,
    inspector: ports.get('listen-inspector'),
    async stop() {
      // SIGTERM would wait for connections that are kept alive.
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The answer of a Worker to one request. */
export async function ask(modules: Modules, ...settings: [date?: string, flags?: readonly string[]]): Promise<string> {
  const { url, stop } = await serve(modules, ...settings);
  try {
    return await (await fetch(url)).text();
  } finally {
    await stop();
  }
}
