// Three ways to bundle a worker: the bundler copies the file of the worker, the file is a separate entry, or the worker is text in
// the bundle. Otherwise spawn rejects with the remedy. A page in Chromium runs the bundles.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe } from 'node:test';
import { type BuildOptions, build as esbuild } from 'esbuild';
import { chromium } from '../runtimes/browser.ts';
import { lacking, needing, project, tool } from '../runtimes/harness.ts';
import { serve } from '../runtimes/site.ts';
import { answer, answerAt, fresh, html, inlined, main, page, trained, withInlineOption } from './page.ts';

const require = createRequire(tool(''));
/** A page that loads its code as a classic script. */
const script = html('<script src="/main.js"></script>');
const missing = lacking('vite') ?? chromium.missing;

/** Asserts that the bundle of a page is too small to contain the engine. */
function light(path: string): void {
  const text = readFileSync(path, 'utf8');
  assert.ok(text.length < 20_000, `${text.length} characters`);
}

/** The remedy in the error message when the file of the worker is missing. */
const remedy = /; spawn\(\{ worker: inlineWorker\(\) \}\) of isthmus\/worker-inline needs no file and no module /;

/** Builds `main.js` of a folder by Vite into its folder `out`. */
async function vite(folder: string, options: object = {}): Promise<void> {
  const { build } = await import(tool('vite/dist/node/index.js'));
  const rollupOptions = { input: `${folder}main.js`, output: { entryFileNames: 'main.js' } };
  const out = { outDir: 'out', minify: true, rollupOptions };
  await build({ root: folder, logLevel: 'error', configFile: false, build: out, ...options });
}

/** Builds `main.js` of a folder by esbuild. */
const bundle = (folder: string, options: BuildOptions = {}) =>
  esbuild({
    entryPoints: { main: `${folder}main.js` },
    absWorkingDir: project,
    outdir: `${folder}out`,
    bundle: true,
    minify: true,
    format: 'esm',
    logLevel: 'error',
    ...options,
  });

/** Builds `main.js` of a folder by Bun. */
function bun(folder: string, ...flags: string[]): void {
  const args = ['build', 'main.js', '--outdir', 'out', ...flags];
  // Vite sets NODE_ENV in this process; Bun must not inherit it.
  const { NODE_ENV: _, ...env } = process.env;
  const { status, stderr } = spawnSync(tool('.bin/bun'), args, { cwd: folder, env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

describe('a bundled page trains in a worker', () => {
  needing(missing, 'Vite', async () => {
    const folder = fresh('vite', { 'main.js': main() });
    await vite(folder);
    light(`${folder}out/main.js`);
    assert.equal(await answer(`${folder}out`), trained);
  });

  needing(missing, 'Vite, with its files on another origin', async () => {
    const folder = fresh('vite-cdn', { 'main.js': main() });
    const cdn = await serve(`${folder}out`, {}, undefined, { 'access-control-allow-origin': '*' });
    try {
      await vite(folder, { base: cdn.url });
      light(`${folder}out/main.js`);
      assert.equal(
        await answer(folder, chromium.launch, html(`<script type="module" src="${cdn.url}main.js"></script>`)),
        trained,
      );
    } finally {
      cdn.close();
    }
  });

  needing(missing, 'webpack', async () => {
    const folder = fresh('webpack', { 'main.js': main() });
    const webpack = require('webpack');
    const output = { path: `${folder}out`, filename: 'main.js', publicPath: '/' };
    const compiler = webpack({ mode: 'production', context: folder, entry: './main.js', output });
    const stats = await new Promise<{ hasErrors(): boolean; toString(): string }>((resolve, reject) =>
      compiler.run((error: Error | null, done: never) => (error ? reject(error) : resolve(done))),
    );
    assert.ok(!stats.hasErrors(), stats.toString());
    light(`${folder}out/main.js`);
    assert.equal(readdirSync(`${folder}out`).filter((file) => file.endsWith('.js')).length, 2, 'and the worker');
    assert.equal(await answer(`${folder}out`), trained);
  });

  needing(missing, 'esbuild, with the worker as a separate entry', async () => {
    const folder = fresh('esbuild', {
      'main.js': main("spawn({ worker: new Worker('/thread.js', { type: 'module' }) })"),
    });
    await bundle(folder, { entryPoints: { main: `${folder}main.js`, thread: 'isthmus/worker-thread' } });
    light(`${folder}out/main.js`);
    assert.equal(await answer(`${folder}out`), trained);
  });

  needing(missing, 'esbuild, with the inline worker: a module and a script', async () => {
    const folder = fresh('esbuild-inline', { 'main.js': withInlineOption });
    await bundle(folder);
    assert.equal(await answer(`${folder}out`), trained);
    writeFileSync(join(folder, 'main.js'), inlined);
    await bundle(folder, { format: 'iife' });
    assert.equal(await answer(`${folder}out`, chromium.launch, script), trained);
  });

  needing(
    missing,
    'esbuild with the conditions of Angular, which make the worker a file that is loaded for it',
    async () => {
      const folder = fresh('angular', { 'main.js': main() });
      for (const mode of ['development', 'production']) {
        await bundle(folder, { conditions: ['es2020', 'es2015', 'module', mode], splitting: true });
        light(`${folder}out/main.js`);
        assert.equal(await answer(`${folder}out`), trained);
      }
    },
  );

  needing(missing, 'rollup, with the inline worker', async () => {
    const folder = fresh('rollup', { 'main.js': inlined });
    const { rollup } = await import(tool('rollup/dist/es/rollup.js'));
    const { nodeResolve } = await import(tool('@rollup/plugin-node-resolve/dist/es/index.js'));
    const built = await rollup({ input: `${folder}main.js`, plugins: [nodeResolve({ browser: true })] });
    await built.write({ file: `${folder}out/main.js`, format: 'iife' });
    assert.equal(await answer(`${folder}out`, chromium.launch, script), trained);
  });

  needing(missing, 'Bun, with the inline worker: a module and a script', async () => {
    const folder = fresh('bun', { 'main.js': main() });
    bun(folder);
    assert.equal(await answer(`${folder}out`), trained);
    bun(folder, '--format=iife');
    assert.equal(await answer(`${folder}out`, chromium.launch, script), trained);
    writeFileSync(join(folder, 'main.js'), inlined);
    bun(folder, '--production');
    assert.equal(await answer(`${folder}out`), trained);
    bun(folder, '--production', '--format=iife');
    assert.equal(await answer(`${folder}out`, chromium.launch, script), trained);
  });

  needing(lacking('.bin/bun'), 'Bun, in Bun', () => {
    const folder = fresh('bun-server', { 'main.js': `${main()}\nconsole.log(await globalThis.answer);` });
    bun(folder, '--target=bun');
    const { stdout } = spawnSync(tool('.bin/bun'), ['out/main.js'], { cwd: folder, encoding: 'utf8' });
    assert.equal(stdout, `${trained}\n`);
  });
});

describe('spawn names the missing file of the worker and the remedy in a bundle without that file', () => {
  const refused = async (folder: string, named: RegExp, served = page): Promise<void> => {
    const text = await answer(`${folder}out`, chromium.launch, served);
    assert.match(text, named);
    assert.match(text, remedy);
  };

  needing(missing, 'esbuild', async () => {
    const folder = fresh('esbuild-bare', { 'main.js': main() });
    await bundle(folder);
    await refused(
      folder,
      /^Error: the worker has failed: no such file, .*http:\/\/\S+\/worker-thread\.js: NetworkError/,
    );
    await bundle(folder, { format: 'iife', logLevel: 'silent' });
    await refused(folder, /^Error: .*Invalid URL/, script);
  });

  needing(missing, 'Bun', async () => {
    const folder = fresh('bun-bare', { 'main.js': main() });
    bun(folder, '--production');
    await refused(folder, /^Error: the worker has failed: no such file, .*\/worker-thread\.js: NetworkError/);
  });
});

describe('a page whose Content-Security-Policy forbids workers', () => {
  needing(missing, 'gets an error that names the policy, and trains when worker-src allows blob:', async () => {
    const folder = fresh('policy', { 'main.js': withInlineOption });
    const under = async (policy: string): Promise<string> => {
      await bundle(folder);
      const site = await serve(`${folder}out`, { '/': page }, `worker-src ${policy}`);
      try {
        return (await answerAt(site.url, chromium.launch)).answer;
      } finally {
        site.close();
      }
    };
    const named = 'no such file, or Content-Security-Policy: worker-src';
    assert.equal(await under("'self'"), `Error: the worker has failed: ${named}`);
    assert.equal(await under('blob:'), trained);
    writeFileSync(join(folder, 'main.js'), inlined);
    assert.match(
      await under("'none'"),
      /^Error: the worker has failed: .* \(Content-Security-Policy: worker-src blob:\)$/,
    );
  });
});
