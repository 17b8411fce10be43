// Production builds by each bundler: the parts of the packed package in the bundle of a page that only runs a model.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as isthmus from 'isthmus';
import * as kernels from '#wasm';
// @ts-expect-error a script without types
import { brotli } from '../../scripts/size.mjs';
import { RELAXED } from '../../src/wasm/text/alphabet.ts';
import { assertAbsent } from '../absent.ts';
import { lacking, needing, project, tool } from '../runtimes/harness.ts';

const folder = join(project, 'bundles');
const entries = {
  inference: `import { autoencoder, dense } from 'isthmus';
    const spec = { input: [6], encoder: [dense({ units: 2 })], decoder: [dense({ units: 6 })] };
    export const run = async (x) => (await autoencoder(spec, { seed: 1 })).encode(x);`,
  everything: "export * from 'isthmus';",
};
type Entry = keyof typeof entries;

/** Builds an entry into a folder, by the bundler's own interface, with nothing that is for the package. */
type Build = (entry: string, out: string) => Promise<unknown>;
const bundlers: Readonly<Record<string, { readonly missing: string | undefined; readonly build: Build }>> = {
  Vite: {
    missing: lacking('vite'),
    async build(entry, out) {
      const { build } = await import(tool('vite/dist/node/index.js'));
      const rollupOptions = { input: entry, preserveEntrySignatures: 'strict', output: { entryFileNames: 'main.js' } };
      const options = { outDir: out, assetsDir: '.', emptyOutDir: true, rollupOptions };
      await build({ root: folder, configFile: false, logLevel: 'error', build: options });
    },
  },
  webpack: {
    missing: lacking('webpack'),
    async build(entry, out) {
      const { default: webpack } = await import(tool('webpack/lib/index.js'));
      const output = { path: out, filename: 'main.js', library: { type: 'module' } };
      const config = {
        mode: 'production',
        context: folder,
        entry,
        output,
        experiments: { outputModule: true },
      };
      await new Promise<void>((resolve, reject) => {
        webpack(config, (error: Error | null, stats: { hasErrors(): boolean; toString(): string }) =>
          error || stats.hasErrors() ? reject(error ?? new Error(stats.toString())) : resolve(),
        );
      });
    },
  },
  esbuild: {
    missing: lacking('esbuild'),
    async build(entry, out) {
      const { build } = await import(tool('esbuild/lib/main.js'));
      await build({ entryPoints: [entry], outfile: join(out, 'main.js'), bundle: true, format: 'esm', minify: true });
    },
  },
  rollup: {
    // Rollup minifies only with a plugin.
    missing: lacking('rollup'),
    async build(entry, out) {
      const { rollup } = await import(tool('rollup/dist/es/rollup.js'));
      const { nodeResolve } = await import(tool('@rollup/plugin-node-resolve/dist/es/index.js'));
      const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })] });
      await bundle.write({ file: join(out, 'main.js'), format: 'es', compact: true });
    },
  },
};

/** The texts of kernels. Relaxed kernels are left out: their texts are made from those of strict kernels. */
const all = Object.entries(kernels as Record<string, string>).filter(([, text]) => !text.startsWith(RELAXED));
/**
 * The longest part of each kernel's text that no other kernel contains. Parts end at characters that minifiers escape in strings:
 * quotes, and `-->`, which would end a comment in a script of a page.
 */
const texts = all.map(([name, text]) => {
  const isUnique = (part: string): boolean => all.every(([other, its]) => other === name || !its.includes(part));
  const parts = text.split(/[\\"'`$]|-->/).sort((a, b) => b.length - a.length);
  return [name, parts.find(isUnique)!] as const;
});

/** Names that minifying keeps: of kernels that are called, of options and files. */
const markers = {
  optimizers: /\.(adam|rmsprop|momentum|sgd)\(/,
  // Layers bring the calls of their backward passes into a bundle, but not the kernels of training.
  training: /\.(lossGradient|sumOfSquares|penaltyGradient)\(|earlyStopping/,
  codec: /\.(ransDecode|ransEncode|crc32c|codeResiduals|codeBytes)\(|compressionStream/,
  files: /__metadata__/,
  relaxed: /["'`]!["'`]\.concat\(|`!\$\{/,
  convolutions: /\.(convolve\w*|poolForward|resize\w*)\(/,
};

for (const [name, { missing, build }] of Object.entries(bundlers))
  describe(`a production build by ${name}`, () => {
    const out = (entry: Entry): string => join(folder, name, entry);
    const built = {} as Record<Entry, string>;
    before(async () => {
      if (missing) return;
      mkdirSync(folder, { recursive: true });
      for (const [entry, code] of Object.entries(entries) as [Entry, string][]) {
        rmSync(out(entry), { recursive: true, force: true });
        const file = join(folder, `${name}-${entry}.js`);
        writeFileSync(file, code);
        await build(file, out(entry));
        const files = readdirSync(out(entry)).filter((path) => path.endsWith('.js'));
        built[entry] = files.map((path) => readFileSync(join(out(entry), path), 'utf8')).join('\n');
      }
    });

    needing(missing, 'that only encodes contains no optimizer, no codec, no training kernel and no file format', () => {
      const held = texts.filter(([, text]) => built.inference.includes(text)).map(([kernel]) => kernel);
      assert.deepEqual(held, ['inferStrict']);
      assertAbsent(built.inference, Object.values(markers), built.everything);
      // A build of everything contains each kernel.
      const found = texts.filter(([, text]) => built.everything.includes(text)).map(([kernel]) => kernel);
      const inMain = all.map(([kernel]) => kernel).filter((kernel) => kernel !== 'tfjsStrict');
      assert.deepEqual(found, inMain);
    });

    needing(missing, 'is small', (t) => {
      const kilobytes = brotli(built.inference) / 1024;
      t.diagnostic(
        `${name}: ${kilobytes.toFixed(1)} KB, everything ${(brotli(built.everything) / 1024).toFixed(1)} KB`,
      );
      assert.ok(kilobytes < 22, `${kilobytes} KB`);
    });

    needing(missing, 'gives the bits of the unbundled package', async () => {
      const { run } = await import(pathToFileURL(join(out('inference'), 'main.js')).href);
      const { autoencoder, dense } = isthmus;
      const spec = { input: [6], encoder: [dense({ units: 2 })], decoder: [dense({ units: 6 })] };
      const x = Float32Array.from({ length: 60 }, (_, i) => Math.sqrt(i));
      assert.deepEqual(await run(x), (await autoencoder(spec, { seed: 1 })).encode(x));
    });
  });
