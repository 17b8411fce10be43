import { resolve } from 'node:path';
import { rollup } from 'rollup';
import { minify } from 'terser';

const output = { dir: 'dist', minifyInternalExports: false };
/** The entries in dist/ that are made from src/worker/, and their source files. */
const workerEntries = {
  worker: 'index',
  'worker-page': 'page',
  'worker-fallback': 'fallback',
  'worker-inlined': 'inlined',
  'worker-absent': 'unsupported',
  'worker-inline': 'inline',
};

/** Replaces the kernels by their names, and the modules that would add all layers, long texts and threads by src/slim/stubs.ts. */
const slimStubs = {
  name: 'slim-stubs',
  resolveId(id) {
    if (id === '#wasm') return resolve('build/wasm/names.js');
    if (id.endsWith('/threads/plain/pass.js')) return resolve('build/ts/threads/serial-passes.js');
    return /\/(text\/decode|foreign-formats|read-response|all-layers\.gen|parallel)\.js$/.test(id)
      ? resolve('build/ts/slim/stubs.js')
      : null;
  },
};

/** A worker is one script, so files that are loaded on demand are parts of it. */
const script = { format: 'iife', inlineDynamicImports: true };

/** Provides `#thread`: the code of the worker as text. The code takes the kernels from a variable `kernels`. */
const thread = {
  name: 'thread',
  resolveId: (id) => (id === '#thread' ? id : null),
  async load(id) {
    if (id !== '#thread') return null;
    const bundle = await rollup({ input: 'build/ts/worker/thread.js', external: ['#wasm'] });
    const { output: files } = await bundle.generate({ ...script, globals: { '#wasm': 'kernels' } });
    const { code } = await minify(files[0].code, { ecma: 2022, compress: { passes: 2 } });
    return `export default ${JSON.stringify(code)}`;
  },
};

/** Resolves the kernels to their inlined module, which becomes a part of the file or a chunk. */
const kernels = {
  name: 'kernels',
  resolveId: (id) => (/^#(wasm|kernels)$/.test(id) ? resolve('dist/wasm/inline.js') : null),
};

/** The chunk of a module that several entries share: errors, kernels, the page's part of a worker, or the URL of its file. */
function chunk(id) {
  if (/\/build\/ts\/core\/(errors|validate)\.js$/.test(id)) return 'errors';
  if (/\/dist\/wasm\/inline\.js$/.test(id)) return 'kernels';
  // Writer and reader of ONNX are files of their own, so that bundlers leave out the one that is not used.
  if (/\/build\/ts\/onnx\/(weight-layout|metadata|write\/message)\.js$/.test(id)) return 'onnx-weights';
  if (/\/build\/ts\/onnx\/write\/[\w-]+\.js$/.test(id)) return 'onnx-write';
  if (/\/build\/ts\/onnx\/read\/(file|from-onnx|message|saved)\.js$/.test(id)) return 'onnx-read';
  // All of isthmus is one file: Node takes 0.7 to 0.9 ms for each file that it opens.
  if (!/\/build\/ts\/(worker|onnx|c|tfjs)\//.test(id) && /\/build\/ts\/\w+\//.test(id)) return 'isthmus';
  const [, name] = /\/build\/ts\/worker\/(?:rpc\/)?([\w.-]+)\.js$/.exec(id) ?? [];
  if (!name || name === 'commonjs' || Object.values(workerEntries).includes(name)) return undefined;
  // The URL has its own chunk, because some entries are for tools without `import.meta`. So have the threads of Node.
  if (name === 'thread-url') return 'worker-url';
  return name === 'node' ? 'worker-node' : 'worker-shared';
}

/** The file name of a chunk. The reader of ONNX files of other tools is loaded when it is needed. */
const chunkFile = ({ name }) => (name === 'foreign' ? 'onnx-graph.js' : `${name}.js`);

const source = (name) => `build/ts/${name}.js`;
const entries = {
  index: source('index'),
  tfjs: source('tfjs/index'),
  onnx: source('onnx/index'),
  c: source('c/index'),
};
const slim = { slim: source('slim/index') };
const tensorflow = /^@tensorflow\//;
const chunks = {
  manualChunks: chunk,
  onlyExplicitManualChunks: true,
  chunkFileNames: chunkFile,
};
/** CommonJS, for Jest and for tools that do not read `exports`. They do not read `imports` either: kernels are a chunk. */
const commonjs = { ...output, dir: 'dist/cjs', format: 'cjs', esModule: true, externalLiveBindings: false };

export default [
  {
    // `#wasm` stays an import, which package.json resolves by condition.
    input: {
      ...entries,
      ...Object.fromEntries(Object.entries(workerEntries).map(([name, file]) => [name, source(`worker/${file}`)])),
    },
    output: { ...output, ...chunks, paths: { '#kernels': './wasm/inline.js' } },
    external: ['#wasm', '#kernels', tensorflow],
    plugins: [thread],
  },
  // The worker is one file without imports and exports, so that it works as a module, as a script, and as a copied asset.
  {
    input: { 'worker-thread': source('worker/thread') },
    output: { ...output, ...script },
    plugins: [kernels],
  },
  { input: slim, output: { ...output, inlineDynamicImports: true }, plugins: [slimStubs] },
  {
    input: {
      ...entries,
      worker: source('worker/commonjs'),
      'worker-inline': source('worker/inline'),
    },
    output: { ...commonjs, ...chunks },
    external: [tensorflow],
    plugins: [thread, kernels],
  },
  { input: slim, output: { ...commonjs, inlineDynamicImports: true }, plugins: [slimStubs] },
];
