// Rules for the imports of src/: no circles, and no import of a folder that stands above. docs/maintainers/architecture.md
// explains the order; test/build/imports.test.ts runs the check, and shows that each rule can fail.

/** The folders of src/, lowest first. A folder may import itself and the folders before it. */
const folders = [
  'core',
  'wasm',
  'data',
  'linalg',
  'engine',
  'threads',
  'layers',
  'model',
  'train',
  'evaluate',
  'quantize',
  'files',
  'codec',
  'detect',
  'denoise',
  'generate',
];

/** Entries of the package. Each may import index.ts and all folders, but no other entry. */
const entries = ['worker', 'slim', 'tfjs', 'onnx', 'c'];

const below = (names) => `^src/(${names.join('|')})/`;

const upward = folders.map((folder, i) => ({
  name: `${folder} imports upward`,
  comment: `src/${folder} may import only ${folders.slice(0, i + 1).join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: below(folders.slice(0, i + 1)) },
}));

const sideways = entries.map((entry) => ({
  name: `${entry} imports another entry`,
  comment: `src/${entry} may import everything but ${entries.filter((other) => other !== entry).join(' and ')}`,
  severity: 'error',
  from: { path: `^src/${entry}/` },
  to: { path: below(entries.filter((other) => other !== entry)) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'circle',
      comment: 'Move what both files need into a third one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...upward,
    {
      name: 'index imports an entry',
      comment: 'src/index.ts may import folders, but no other entry of the package',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: below(entries) },
    },
    ...sideways,
  ],
  options: {
    includeOnly: '^src/',
    // Imports of types count: a type that points the wrong way is a design that points the wrong way.
    tsPreCompilationDeps: true,
  },
};
