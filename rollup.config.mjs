import { resolve } from 'node:path';
import { rollup } from 'rollup';
import { minify } from 'terser';

const output = { dir: 'dist', minifyInternalExports: false };
/** Entries of src/worker/, by the names of their files. */
const forms = {
  worker: 'index',
  'worker-page': 'page',
  'worker-fallback': 'fallback',
  'worker-inlined': 'inlined',
  'worker-absent': 'unsupported',
  'worker-inline': 'inline',
};

/** Replaces the kernels by their names, and the modules that would add all layers and long texts by src/slim/stubs.ts. */
const instead = {
  name: 'instead',
  resolveId(id) {
    if (id === '#wasm') return resolve('build/wasm/names.js');
    return /\/(text\/decode|foreign-formats|read-response|all-layers\.gen)\.js$/.test(id)
      ? resolve('build/ts/slim/stubs.js')
      : null;
  },
};

/** Gives the code of a worker as text, which finds the kernels under the name `kernels`. */
const thread = {
  name: 'thread',
  resolveId: (id) => (id === '#thread' ? id : null),
  async load(id) {
    if (id !== '#thread') return null;
    const bundle = await rollup({ input: 'build/ts/worker/thread.js', external: ['#wasm'] });
    const { output: files } = await bundle.generate({ format: 'iife', globals: { '#wasm': 'kernels' } });
    const { code } = await minify(files[0].code, { ecma: 2022, compress: { passes: 2 } });
    return `export default ${JSON.stringify(code)}`;
  },
};

/** Puts the kernels into the file that uses them, or into a chunk. */
const kernels = {
  name: 'kernels',
  resolveId: (id) => (/^#(wasm|kernels)$/.test(id) ? resolve('dist/wasm/inline.js') : null),
};

/** What entries share is in files of its own: errors, the page's side of a worker, the URL of its file, and the rest. */
function chunk(id) {
  if (/\/build\/ts\/core\/(errors|validate)\.js$/.test(id)) return 'errors';
  if (/\/dist\/wasm\/inline\.js$/.test(id)) return 'kernels';
  const [, name] = /\/build\/ts\/worker\/(?:rpc\/)?([\w-]+)\.js$/.exec(id) ?? [];
  if (!name || name === 'commonjs' || Object.values(forms).includes(name)) return undefined;
  // Apart from the others: the URL, as some forms are for who knows no `import.meta`, and the threads of Node.
  return name === 'thread-url' ? 'worker-url' : name === 'node' ? 'worker-node' : 'worker-shared';
}

const source = (name) => `build/ts/${name}.js`;
const entries = { index: source('index'), tfjs: source('tfjs/index') };
const slim = { slim: source('slim/index') };
const tensorflow = /^@tensorflow\//;
const chunks = {
  manualChunks: chunk,
  chunkFileNames: ({ name }) => (/^errors$|^kernels$|^worker-/.test(name) ? `${name}.js` : 'shared.js'),
};
/** For Jest and for tools that read no `exports`. They read no `imports` either: the kernels are a file beside. */
const commonjs = { ...output, dir: 'dist/cjs', format: 'cjs', esModule: true, externalLiveBindings: false };

export default [
  {
    // `#wasm` stays an import: package.json says, by condition, which file it is.
    input: {
      ...entries,
      ...Object.fromEntries(Object.entries(forms).map(([name, file]) => [name, source(`worker/${file}`)])),
    },
    output: { ...output, ...chunks, paths: { '#kernels': './wasm/inline.js' } },
    external: ['#wasm', '#kernels', tensorflow],
    plugins: [thread],
  },
  // A worker is one file that imports nothing and exports nothing: then it may be a module, a script, or an asset that is
  // copied as it is.
  {
    input: { 'worker-thread': source('worker/thread') },
    output: { ...output, format: 'iife' },
    plugins: [kernels],
  },
  { input: slim, output, plugins: [instead] },
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
  { input: slim, output: commonjs, plugins: [instead] },
];
