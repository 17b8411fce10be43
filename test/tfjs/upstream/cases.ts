// Bundles the test cases that the core package of tfjs ships with one copy of tfjs, and runs them in a separate process.
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
    // The modules of each package, because the prebuilt bundles would each contain a copy of tfjs-core.
    mainFields: ['module', 'main'],
    // The package declares its test cases free of side effects, so esbuild would drop them.
    ignoreAnnotations: true,
    external: ['jasmine-core'],
    logLevel: 'error',
  });
}

/** Results of the cases on the WASM backend, with our kernels or without them. */
export async function runCases(bundle: string, kernels: 'plain' | 'installed'): Promise<Map<string, Case>> {
  const run = fileURLToPath(new URL('run.ts', import.meta.url));
  const wasm = `${root}node_modules/@tensorflow/tfjs-backend-wasm/dist/`;
  const child = spawn(process.execPath, [run, root + bundle, kernels], {
    cwd: root,
    env: { ...process.env, TFJS_WASM: wasm },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const results = new Map<string, Case>();
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{"name"')) continue;
    const result = JSON.parse(line) as Case;
    // Some cases share a name: the name counts as failed if one of them fails.
    if (results.get(result.name)?.status !== 'failed') results.set(result.name, result);
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.on('close', resolve)));
  if (code !== 0) throw new Error(`the cases ended with ${code}`);
  return results;
}
