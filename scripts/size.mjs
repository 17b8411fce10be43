// What an import costs: bundled by esbuild, minified, brotli, WebAssembly included. At the end of a build that changed something, and `npm run size`.
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Rows of the table in the README: what is imported, and the code that imports it. */
export const rows = {
  'run a saved model: `loadModel`, `encode`':
    "import { loadModel, dense } from 'isthmus'; export const f = async (b, x) => (await loadModel(b, { layers: [dense] })).encode(x);",
  'build one: `autoencoder`, `dense`, `encode`':
    "import { autoencoder, dense } from 'isthmus'; export const f = async (s, x) => (await autoencoder({ input: [4], encoder: [dense(s)], decoder: [dense(s)] })).encode(x);",
  'the same and `fit`':
    "import { autoencoder, dense, fit } from 'isthmus'; export const f = async (s, x) => fit(await autoencoder({ input: [4], encoder: [dense(s)], decoder: [dense(s)] }), x);",
  'read compressed data: `loadCodec`':
    "import { loadCodec, dense } from 'isthmus'; export const f = async (b, x) => (await loadCodec(b, { layers: [dense] })).decompress(x);",
  'everything in `isthmus`': "export * from 'isthmus';",
};

/** Kilobytes that rows may take at most. */
export const budgets = { 'build one: `autoencoder`, `dense`, `encode`': 15, 'the same and `fit`': 35 };

/** The bundle of some code, minified. */
export async function bundle(code, minify = true) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify,
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** Bytes of text after brotli at its strongest, as a CDN sends it. */
export const brotli = (text) =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } })
    .length;

/** Kilobytes of each row, one decimal. */
export async function sizes() {
  const entries = Object.entries(rows).map(async ([name, code]) => [
    name,
    (brotli(await bundle(code)) / 1024).toFixed(1),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Prints what each row costs. */
export async function report(print = console.log) {
  for (const [name, size] of Object.entries(await sizes())) {
    const budget = budgets[name] ? `, of ${budgets[name]} KB` : '';
    print(`${size.padStart(5)} KB  ${name}${budget}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await report();
