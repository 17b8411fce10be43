// Bundlers find the worker's file by themselves, or it is an entry of its own; a page of Chromium runs what they make.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe } from 'node:test';
import { build as esbuild } from 'esbuild';
import { chromium } from '../runtimes/browser.ts';
import { lacking, needing, project, tool } from '../runtimes/harness.ts';
import { serve } from '../runtimes/site.ts';

const require = createRequire(tool(''));
const main = (spawned: string): string => `
import { dense, spawn } from 'isthmus/worker';
globalThis.answer = (async () => {
  const worker = await ${spawned};
  const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
  const model = await worker.autoencoder(spec, { seed: 1 });
  await worker.fit(model, new Float32Array(8));
  worker.terminate();
  return String(model.parameterCount);
})();`;

/** What a page of a folder's `main.js` answers. */
async function answer(folder: string): Promise<string> {
  const site = await serve(folder, { '/': '<!doctype html><script type="module" src="/main.js"></script>' });
  const tab = await chromium.launch();
  try {
    await tab.open(site.url);
    return await tab.evaluate('answer');
  } finally {
    await tab.close();
    site.close();
  }
}

/** An empty folder beside the installed package, with `main.js` in it. */
function fresh(name: string, code: string): string {
  const folder = `${project}worker-${name}/`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(`${folder}main.js`, code);
  return folder;
}

/** No engine is in what the page itself loads. */
function light(path: string): void {
  const text = readFileSync(path, 'utf8');
  assert.ok(text.length < 20_000, `${text.length} characters`);
}

const missing = lacking('vite') ?? chromium.missing;
describe('a worker in the bundle of', () => {
  needing(missing, 'Vite', async () => {
    const folder = fresh('vite', main('spawn()'));
    const { build } = await import(tool('vite/dist/node/index.js'));
    const out = {
      outDir: 'out',
      minify: true,
      rollupOptions: { input: `${folder}main.js`, output: { entryFileNames: 'main.js' } },
    };
    await build({ root: folder, logLevel: 'error', configFile: false, build: out });
    light(`${folder}out/main.js`);
    assert.equal(await answer(`${folder}out`), '22');
  });

  needing(missing, 'webpack', async () => {
    const folder = fresh('webpack', main('spawn()'));
    const webpack = require('webpack');
    const output = { path: `${folder}out`, filename: 'main.js', publicPath: '/' };
    const compiler = webpack({ mode: 'production', context: folder, entry: './main.js', output });
    const stats = await new Promise<{ hasErrors(): boolean; toString(): string }>((resolve, reject) =>
      compiler.run((error: Error | null, done: never) => (error ? reject(error) : resolve(done))),
    );
    assert.ok(!stats.hasErrors(), stats.toString());
    light(`${folder}out/main.js`);
    assert.equal(readdirSync(`${folder}out`).filter((file) => file.endsWith('.js')).length, 2, 'and the worker');
    assert.equal(await answer(`${folder}out`), '22');
  });

  needing(missing, 'esbuild, the worker being an entry', async () => {
    const folder = fresh('esbuild', main("spawn({ worker: new Worker('/thread.js', { type: 'module' }) })"));
    await esbuild({
      entryPoints: { main: `${folder}main.js`, thread: 'isthmus/worker-thread' },
      absWorkingDir: project,
      outdir: `${folder}out`,
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'error',
    });
    light(`${folder}out/main.js`);
    assert.equal(await answer(`${folder}out`), '22');
  });
});
