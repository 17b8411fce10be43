// `#wasm` stays an import: package.json says, by condition, which file it is.
export default {
  input: 'build/ts/index.js',
  output: { file: 'dist/index.js' },
  external: ['#wasm'],
};
