// isthmus needs no settings. By default webpack bundles src/index.js into dist/main.js.
export default { mode: 'production' };
