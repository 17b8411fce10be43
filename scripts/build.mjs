// assembly/ ▸ build/wasm/*.wasm ▸ dist/wasm, src/ ▸ build/ts ▸ dist. What did not change is not built again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify_sync } from 'terser';
import { bytesOf, RELAXED } from '../src/wasm/text.ts';
import { differences } from './package.mjs';
import { report } from './size.mjs';
import { textOf } from './wasm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
/** Modules and their flavours: what is no matrix product gains nothing from a fused multiply-add. */
export const modules = {
  infer: ['strict', 'relaxed'],
  train: ['strict', 'relaxed'],
  convolution: ['strict', 'relaxed'],
  latent: ['strict'],
  corrupt: ['strict'],
  codec: ['strict'],
  residual: ['strict'],
  tfjs: ['strict'],
};

function run(command, ...args) {
  const { status, error } = spawnSync(process.execPath, [join('node_modules', command), ...args], { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** A digest of all files below the given places. */
function digest(...places) {
  const hash = createHash('sha256');
  for (const place of places) {
    const folder = statSync(place).isDirectory();
    const paths = folder ? readdirSync(place, { recursive: true }).map((path) => join(place, path)) : [place];
    for (const path of paths.filter((p) => statSync(p).isFile()).sort()) hash.update(path).update(readFileSync(path));
  }
  return hash.digest('hex');
}

let changed = false;

/** Runs `build` unless `places` are as they were when it last succeeded and `out` is there. */
function stage(name, places, out, build) {
  const stamp = join('build', `${name}.stamp`);
  const now = digest(...places, 'scripts/build.mjs', 'package-lock.json');
  if (out.every(existsSync) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  rmSync(stamp, { force: true });
  build();
  changed = true;
  writeFileSync(stamp, now);
}

mkdirSync('build/wasm', { recursive: true });
mkdirSync('dist/wasm', { recursive: true });
const names = Object.entries(modules).flatMap(([module, flavours]) =>
  flavours.map((flavour) => `${module}.${flavour}`),
);

stage(
  'kernels',
  ['assembly', 'asconfig.json', 'scripts/wasm.mjs', 'src/wasm/text.ts'],
  [...names.map((name) => `dist/wasm/${name}.wasm`), 'dist/wasm/inline.js'],
  () => {
    for (const file of readdirSync('dist/wasm').filter((name) => name.endsWith('.wasm'))) rmSync(`dist/wasm/${file}`);
    const inlined = [];
    for (const [module, flavours] of Object.entries(modules)) {
      const out = `build/wasm/${module}`;
      run(
        'assemblyscript/bin/asc.js',
        `assembly/${module}.ts`,
        ...['--config', 'asconfig.json', '--outFile', `${out}.wasm`, '--textFile', `${out}.wat`],
      );
      const text = textOf(readFileSync(`${out}.wasm`));
      // One constant a module: a bundler drops those that nobody imports, and Node opens one file instead of eleven.
      inlined.push(`export const ${module}Strict =\n  ${JSON.stringify(text)};\n`);
      if (flavours.includes('relaxed')) {
        inlined.push(`export const ${module}Relaxed = /* @__PURE__ */ '${RELAXED}'.concat(${module}Strict);\n`);
      }
      for (const flavour of flavours) {
        const bytes = bytesOf(flavour === 'relaxed' ? RELAXED + text : text);
        // Where a product and its sum had been parted, what takes their places would not be a module.
        if (!WebAssembly.validate(bytes)) throw new Error(`${module}.${flavour} is no valid module`);
        writeFileSync(`dist/wasm/${module}.${flavour}.wasm`, bytes);
      }
    }
    writeFileSync('dist/wasm/inline.js', inlined.join(''));
  },
);

stage(
  'package',
  ['src', 'tsconfig.json', 'tsconfig.build.json', 'rollup.config.mjs'],
  ['index.js', 'tfjs.js', 'worker.js', 'worker-inline.js', 'worker-thread.js', 'slim.js', 'types/index.d.ts'].map(
    (file) => `dist/${file}`,
  ),
  () => {
    for (const folder of ['build/ts', 'dist/types']) rmSync(folder, { recursive: true, force: true });
    run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
    for (const file of readdirSync('dist').filter((name) => name.endsWith('.js'))) rmSync(`dist/${file}`);
    run('rollup/dist/bin/rollup', '-c', '--silent');
    // Comments stay in the types, where editors show them, and names in the code. Without comments and spaces Node imports
    // the package 4 ms sooner, and with constants put in their places a bundle is 0.9 KB smaller, whatever minifies it.
    for (const file of readdirSync('dist').filter((name) => name.endsWith('.js'))) {
      const { code } = minify_sync(readFileSync(`dist/${file}`, 'utf8'), {
        module: true,
        ecma: 2022,
        mangle: false,
        // A function that only one other calls stays by itself: the other would be there for whoever imports less.
        compress: { ecma: 2022, reduce_funcs: false },
        format: { preserve_annotations: true },
      });
      writeFileSync(`dist/${file}`, code);
    }
    for (const path of readdirSync('build/ts', { recursive: true }).filter((file) => file.endsWith('.d.ts'))) {
      const out = join('dist/types', path);
      mkdirSync(dirname(out), { recursive: true });
      writeFileSync(
        out,
        readFileSync(join('build/ts', path), 'utf8').replaceAll(/((?:from |import\()(['"])\.[^'"]*)\.ts\2/g, '$1.js$2'),
      );
    }
    cpSync('src/wasm/workerd.js', 'dist/wasm/workerd.js');
  },
);

const found = [...differences()];
for (const line of found) console.error(line);
if (found.length) process.exit(1);
// What stands on stdout is for who packs: `npm pack --json` runs this first.
if (changed) await report(console.error);
