// `npm run size`: the bytes of imports, bundled and minified by esbuild, compressed by brotli, WebAssembly included. A
// build that changed something prints them too.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The rows of the table in the README: the code that imports, and the kernels that it fetches as files. */
export const rows = {
  'run a saved model: `load` of `isthmus/slim`, `loadModel`, `encode`': [
    "import { load, loadModel, dense } from 'isthmus/slim'; export const f = async (m, b, x) => (await loadModel(b, { engine: await load(m), layers: [dense] })).encode(x);",
    'infer.strict',
  ],
  'the same of `isthmus`, which brings all layers':
    "import { loadModel, dense } from 'isthmus'; export const f = async (b, x) => (await loadModel(b, { layers: [dense] })).encode(x);",
  'build one: `autoencoder`, `dense`, `encode`':
    "import { autoencoder, dense } from 'isthmus'; export const f = async (s, x) => (await autoencoder({ input: [4], encoder: [dense(s)], decoder: [dense(s)] })).encode(x);",
  'the same and `fit`':
    "import { autoencoder, dense, fit } from 'isthmus'; export const f = async (s, x) => fit(await autoencoder({ input: [4], encoder: [dense(s)], decoder: [dense(s)] }), x);",
  'read compressed data: `loadCodec`':
    "import { loadCodec, dense } from 'isthmus'; export const f = async (b, x) => (await loadCodec(b, { layers: [dense] })).decompress(x);",
  'everything in `isthmus`': "export * from 'isthmus';",
  'a page whose model is in a worker: `spawn`': "export { spawn } from 'isthmus/worker';",
  'TensorFlow.js made trainable: `installKernels`': "export { installKernels } from 'isthmus/tfjs';",
};

const everything = "export * from 'isthmus';";
const withC = `${everything} export * from 'isthmus/c';`;
const withOnnx = `${everything} export * from 'isthmus/onnx';`;
/** The file that `fromOnnx` loads for files of other tools. */
const laterFiles = ['./onnx-graph.js'];

/** Rows of the bytes that the import `more` has in addition to the import `than`, each without the files `later`. */
const additions = {
  'in addition to everything, `toOnnx` and `fromOnnx` of `isthmus/onnx`': {
    more: { code: withOnnx, later: laterFiles },
    than: { code: everything },
  },
  'the file that `fromOnnx` loads later, for ONNX files of other tools': {
    more: { code: withOnnx },
    than: { code: withOnnx, later: laterFiles },
  },
  'in addition to everything, `toC` of `isthmus/c`': { more: { code: withC }, than: { code: everything } },
};

/** The most kilobytes of rows. */
export const budgets = {
  'run a saved model: `load` of `isthmus/slim`, `loadModel`, `encode`': 16,
  'build one: `autoencoder`, `dense`, `encode`': 17,
  'the same and `fit`': 36,
  'everything in `isthmus`': 94,
  'in addition to everything, `toOnnx` and `fromOnnx` of `isthmus/onnx`': 5,
  'TensorFlow.js made trainable: `installKernels`': 20,
};

/** Bundles code, without the files `later`. */
export async function bundle(code, minify = true, later = []) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['@tensorflow/*', ...later],
    minify,
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** The bytes of a file after brotli at level 11, as a CDN sends it. */
export const brotli = (content) =>
  brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } })
    .length;

/** The kilobytes of each row, with one decimal. */
export async function sizes() {
  const entries = Object.entries(rows).map(async ([name, row]) => {
    const [code, ...modules] = [row].flat();
    const files = modules.map((module) => readFileSync(`${root}dist/wasm/${module}.wasm`));
    const bytes = [await bundle(code), ...files].reduce((sum, file) => sum + brotli(file), 0);
    return [name, (bytes / 1024).toFixed(1)];
  });
  const added = Object.entries(additions).map(async ([name, { more, than }]) => {
    const [larger, smaller] = await Promise.all(
      [more, than].map(async ({ code, later }) => brotli(await bundle(code, true, later))),
    );
    return [name, ((larger - smaller) / 1024).toFixed(1)];
  });
  return Object.fromEntries(await Promise.all([...entries, ...added]));
}

/** Prints the kilobytes and the budget of each row. */
export async function report(print = console.log) {
  for (const [name, size] of Object.entries(await sizes())) {
    const budget = budgets[name] ? `, of ${budgets[name]} KB` : '';
    print(`${size.padStart(5)} KB  ${name}${budget}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await report();
