// Compiles assembly/ and writes the kernels in each form that a runtime needs to dist/wasm/.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { RELAXED } from '../src/wasm/text/alphabet.ts';
import { decodeText } from '../src/wasm/text/decode.ts';
import { encodeText } from './encode-text.mjs';
import { sourceOf } from './kernel-types.mjs';

/** Modules of kernels and their flavours. A module without a matrix product gains nothing from a fused multiply-add. */
export const modules = JSON.parse(readFileSync(new URL('../assembly/modules.json', import.meta.url), 'utf8'));

/** Each module in each flavour: its file, and the name under which `#wasm` exports it. */
const sources = Object.entries(modules).flatMap(([module, flavours]) =>
  flavours.map((flavour) => ({ module, flavour, file: `${module}.${flavour}.wasm`, name: sourceOf(module, flavour) })),
);

/** Files that `buildKernels` writes. */
export const kernelFiles = [
  ...sources.map(({ file }) => `dist/wasm/${file}`),
  ...['inline.js', 'workerd.js', 'edge.js'].map((file) => `dist/wasm/${file}`),
  'build/wasm/names.js',
];

const lines = (line) => sources.map((source) => `${line(source)}\n`).join('');

/** Compiles a module; returns its text (src/wasm/text/). `run` starts a script with arguments. */
function compile(module, run) {
  const out = `build/wasm/${module}`;
  run(
    'assemblyscript/bin/asc.js',
    `assembly/${module}.ts`,
    ...['--config', 'asconfig.json', '--transform', './scripts/inline-transform.mjs'],
    ...['--outFile', `${out}.wasm`, '--textFile', `${out}.wat`],
  );
  return encodeText(readFileSync(`${out}.wasm`));
}

export function buildKernels(run) {
  for (const file of readdirSync('dist/wasm').filter((name) => name.endsWith('.wasm'))) rmSync(`dist/wasm/${file}`);
  const texts = Object.fromEntries(Object.keys(modules).map((module) => [module, compile(module, run)]));
  for (const { module, flavour, file } of sources) {
    const bytes = decodeText(flavour === 'relaxed' ? RELAXED + texts[module] : texts[module]);
    // Had the optimizer separated the product from the sum of a multiply-add, the relaxed module would be invalid.
    if (!WebAssembly.validate(bytes)) throw new Error(`${file} is no valid module`);
    writeFileSync(`dist/wasm/${file}`, bytes);
  }
  const inlined = lines(({ module, flavour, name }) =>
    flavour === 'relaxed'
      ? `export const ${name} = /* @__PURE__ */ '${RELAXED}'.concat(${sourceOf(module, 'strict')});`
      : `export const ${name} =\n  ${JSON.stringify(texts[module])};`,
  );
  // One constant a module: a bundler drops those that nobody imports, and Node opens one file instead of eleven.
  writeFileSync('dist/wasm/inline.js', inlined);
  // workerd forbids compiling bytes: it gets each module as a WebAssembly.Module.
  const imported = (query) => lines(({ file, name }) => `export { default as ${name} } from './${file}${query}';`);
  writeFileSync('dist/wasm/workerd.js', imported(''));
  // Nitro (unwasm) and Next.js take a `.wasm` file for a module only with this query.
  writeFileSync('dist/wasm/edge.js', imported('?module'));
  // isthmus/slim contains the names of the modules instead of their text.
  const named = lines(({ module, flavour, name }) => `export const ${name} = '${module}.${flavour}';`);
  writeFileSync('build/wasm/names.js', named);
}
