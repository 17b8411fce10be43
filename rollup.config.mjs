// `#wasm` stays an import: package.json says, by condition, which file it is. What both entries use is in a third file.
export default {
  input: { index: 'build/ts/index.js', tfjs: 'build/ts/tfjs/index.js' },
  output: { dir: 'dist', chunkFileNames: 'shared.js', minifyInternalExports: false },
  external: ['#wasm', /^@tensorflow\//],
};
