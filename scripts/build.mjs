// assembly/ ▸ build/wasm/*.wasm ▸ dist/wasm, src/ ▸ build/ts ▸ dist. What did not change is not built again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { minify_sync } from 'terser';
import { buildKernels, kernelFiles, modules } from './build-kernels.mjs';
import { typeFiles, writeTypes } from './kernel-types.mjs';
import { listFiles, writeLists } from './layer-lists.mjs';
import { differences } from './package.mjs';
import { report } from './size.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
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

const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

let changed = false;

/** Runs `build` unless `places` are as they were when it last succeeded and `out` is there. */
async function stage(name, places, out, build) {
  const stamp = join('build', `${name}.stamp`);
  const now = digest(...places, 'scripts/build.mjs', 'package-lock.json');
  if (out.every(existsSync) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  rmSync(stamp, { force: true });
  await build();
  changed = true;
  writeFileSync(stamp, now);
}

mkdirSync('build/wasm', { recursive: true });
mkdirSync('dist/wasm', { recursive: true });

await stage('kernel-types', ['assembly', 'scripts/kernel-types.mjs', 'scripts/inline-transform.mjs'], typeFiles, () =>
  writeTypes(modules),
);

await stage(
  'kernels',
  [
    'assembly',
    'asconfig.json',
    'scripts/build-kernels.mjs',
    'scripts/inline-transform.mjs',
    'scripts/wasm.mjs',
    'src/wasm/text.ts',
  ],
  kernelFiles,
  () => buildKernels(run),
);

await stage(
  'layer-lists',
  ['src/layers/registry.ts', 'src/layers/transforms', 'src/index.ts', 'scripts/layer-lists.mjs'],
  listFiles,
  writeLists,
);

/** A file that reads well in a stack trace: no line above 240 characters, so that an error's message is in sight. */
function printed(file) {
  // With constants put in their places a bundle is 0.9 KB smaller, whatever minifies it. Names stay in the code.
  const { code } = minify_sync(readFileSync(file, 'utf8'), {
    module: true,
    ecma: 2022,
    mangle: false,
    // A function that only one other calls stays by itself: the other would be there for whoever imports less.
    compress: { ecma: 2022, reduce_funcs: false },
    format: { preserve_annotations: true },
  });
  writeFileSync(file, transformSync(code, { target: 'es2022', charset: 'utf8', lineLimit: 100 }).code);
}

const scripts = (folder) => readdirSync(folder).filter((name) => name.endsWith('.js'));
const { exports: exported } = JSON.parse(readFileSync('package.json', 'utf8'));
/** Entries that tools which do not read `exports` find by a folder of their name. */
const folders = Object.entries(exported).filter(([name, target]) => name !== '.' && target.require);

await stage(
  'package',
  ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'rollup.config.mjs', 'dist/wasm/inline.js'],
  [
    ...['index', 'tfjs', 'worker', 'slim', 'worker-inline', 'worker-thread'].map((name) => `dist/${name}.js`),
    ...['dist/types/index.d.ts', 'dist/cjs/types/index.d.ts', 'dist/cjs/index.js'],
    ...folders.map(([name]) => `${name}/package.json`),
  ],
  () => {
    for (const folder of ['build/ts', 'dist/types', 'dist/cjs']) rmSync(folder, { recursive: true, force: true });
    run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
    for (const file of scripts('dist')) rmSync(`dist/${file}`);
    run('rollup/dist/bin/rollup', '-c', '--silent');
    for (const folder of ['dist', 'dist/cjs']) for (const file of scripts(folder)) printed(`${folder}/${file}`);
    for (const path of readdirSync('build/ts', { recursive: true }).filter((file) => file.endsWith('.d.ts'))) {
      const types = readFileSync(join('build/ts', path), 'utf8');
      const text = types.replaceAll(/((?:from |import\()(['"])\.[^'"]*)\.ts\2/g, '$1.js$2');
      for (const folder of ['dist/types', 'dist/cjs/types']) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    }
    // The nearest package.json says what a file is, a type as well.
    writeJson('dist/cjs/package.json', { type: 'commonjs' });
    for (const [name, target] of folders) {
      mkdirSync(name, { recursive: true });
      const { types, default: main } = target.require;
      writeJson(`${name}/package.json`, { main: `.${main}`, types: `.${types}` });
    }
  },
);

const found = [...differences()];
for (const line of found) console.error(line);
if (found.length) process.exit(1);
// What stands on stdout is for who packs: `npm pack --json` runs this first.
if (changed) await report(console.error);
