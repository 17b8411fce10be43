import { resolve } from 'node:path';

const dir = 'dist';
const output = { dir, minifyInternalExports: false };

/** Puts src/slim/instead.ts in the place of what would bring kernels and all layers along. */
const instead = {
  name: 'instead',
  resolveId: (id) => (/^#wasm$|\/text\.js$|layers\/index\.js$/.test(id) ? resolve('build/ts/slim/instead.js') : null),
};

export default [
  {
    // `#wasm` stays an import: package.json says, by condition, which file it is. What entries share is in files of its
    // own: the errors, which the worker's page has too, and the rest.
    input: { index: 'build/ts/index.js', tfjs: 'build/ts/tfjs/index.js', worker: 'build/ts/worker/index.js' },
    output: {
      ...output,
      manualChunks: (id) => (/\/build\/ts\/(errors|check)\.js$/.test(id) ? 'errors' : undefined),
      chunkFileNames: ({ name }) => (name === 'errors' ? 'errors.js' : 'shared.js'),
    },
    external: ['#wasm', /^@tensorflow\//],
  },
  {
    // A worker has no import map, so that it finds everything by itself.
    input: { 'worker-thread': 'build/ts/worker/thread.js' },
    output: { ...output, paths: { '#wasm': './wasm/inline.js' } },
    external: ['#wasm'],
  },
  { input: { slim: 'build/ts/slim/index.js' }, output, plugins: [instead] },
];
