// tfjs's own test cases, which its core package ships: bundled with one copy of tfjs, and run in a process of their own.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Case {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'pending' | 'excluded';
  readonly message?: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const cases = '@tensorflow/tfjs-core/dist/';

/** All files with test cases, below `dist` and without `_test.js`. */
export const allFiles = (): string[] =>
  globSync('**/*_test.js', { cwd: `${root}node_modules/${cases}` }).map((path) =>
    path.replaceAll('\\', '/').slice(0, -'_test.js'.length),
  );

/** Bundles files with test cases. */
export async function bundleCases(files: readonly string[], bundle: string): Promise<void> {
  const lines = files.map((file) => `import '${cases}${file}_test';`);
  await build({
    stdin: {
      contents: `export { tf } from './test/tfjs/upstream/setup.ts';\n${lines.join('\n')}`,
      resolveDir: root,
    },
    outfile: root + bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Not the bundles of each package: their parts, so that there is one copy of each.
    mainFields: ['module', 'main'],
    // The package says that its test cases do nothing.
    ignoreAnnotations: true,
    external: ['jasmine-core'],
    logLevel: 'error',
  });
}

/** What comes of each case on the WASM backend, with our kernels or without. */
export async function runCases(bundle: string, how: 'plain' | 'installed'): Promise<Map<string, Case>> {
  const run = fileURLToPath(new URL('run.ts', import.meta.url));
  const wasm = `${root}node_modules/@tensorflow/tfjs-backend-wasm/dist/`;
  const child = spawn(process.execPath, [run, root + bundle, how], {
    cwd: root,
    env: { ...process.env, TFJS_WASM: wasm },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const results = new Map<string, Case>();
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{"name"')) continue;
    const one = JSON.parse(line) as Case;
    // Some names are there twice: a case has passed when all of its name have.
    if (results.get(one.name)?.status !== 'failed') results.set(one.name, one);
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.on('close', resolve)));
  if (code !== 0) throw new Error(`the cases ended with ${code}`);
  return results;
}
