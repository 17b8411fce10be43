// `npm run build`: assembly/ ▸ build/wasm ▸ dist/wasm, and src/ ▸ build/ts ▸ dist. A stage whose sources did not change
// is skipped.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { minify_sync } from 'terser';
import { buildCli } from './build-cli.mjs';
import { buildKernels, kernelFiles, modules } from './build-kernels.mjs';
import { packageFaults } from './check-package.mjs';
import { typeFiles, writeTypes } from './kernel-types.mjs';
import { listFiles, writeLists } from './layer-lists.mjs';
import { report } from './size.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Runs a program of a package in node_modules. The build ends where it fails. */
function run(command, ...args) {
  const { status, error } = spawnSync(process.execPath, [join('node_modules', command), ...args], { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The files of a path: the path itself, or all files in the folder. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  const paths = readdirSync(path, { recursive: true }).map((name) => join(path, name));
  return paths.filter((file) => statSync(file).isFile()).sort();
}

/** A digest of the names and contents of files and folders. */
function digest(...sources) {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

let changed = false;

/** Runs `build`, unless its outputs exist and its sources have not changed since it last succeeded. */
async function stage(name, sources, outputs, build) {
  const stamp = join('build', `${name}.stamp`);
  const current = digest(...sources, 'scripts/build.mjs', 'package-lock.json');
  if (outputs.every(existsSync) && existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;
  rmSync(stamp, { force: true });
  await build();
  changed = true;
  writeFileSync(stamp, current);
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
    'scripts/encode-text.mjs',
    'scripts/pair-products.mjs',
    'src/wasm/text',
  ],
  kernelFiles,
  () => buildKernels(run),
);

await stage(
  'layer-lists',
  [
    'src/layers/registry.ts',
    'src/layers/quantized',
    'src/layers/transforms',
    'src/index.ts',
    'scripts/layer-lists.mjs',
  ],
  listFiles,
  writeLists,
);

/**
 * Rewrites a file so that it stays readable in a stack trace: names are kept, and no line exceeds 240 characters, which
 * would push the message of an error out of sight.
 */
function rewriteScript(file) {
  // terser replaces constants by their values: a bundle becomes 0.9 KB smaller, whichever minifier follows.
  const { code } = minify_sync(readFileSync(file, 'utf8'), {
    module: true,
    ecma: 2022,
    mangle: false,
    // A function with a single caller is not moved into it: a bundle that needs only the function would keep the caller.
    // Only functions without parameters are inlined, and statements stay apart: a minifier that follows joins them itself,
    // and what it joins compresses better.
    compress: { ecma: 2022, passes: 2, reduce_funcs: false, inline: 1, sequences: false, join_vars: false },
    format: { preserve_annotations: true },
  });
  writeFileSync(file, transformSync(code, { target: 'es2022', charset: 'utf8', lineLimit: 100 }).code);
}

const scriptsIn = (folder) => readdirSync(folder).filter((name) => name.endsWith('.js'));
const { exports: exported } = JSON.parse(readFileSync('package.json', 'utf8'));
/** Entries that also get a folder with a package.json, for tools that do not read `exports`. */
const entryFolders = Object.entries(exported).filter(([name, target]) => name !== '.' && target.require);

/**
 * The declarations of the entries and all declarations that these import, as pairs of path and text. The other declarations
 * describe parts that no caller can name; they would add 0.3 MB to the package.
 */
function publicTypes() {
  const found = new Map();
  const visit = (path) => {
    if (found.has(path)) return;
    const types = readFileSync(join('build/ts', path), 'utf8');
    found.set(path, types.replaceAll(/((?:from |import\()(['"])\.[^'"]*)\.ts\2/g, '$1.js$2'));
    for (const [, imported] of types.matchAll(/(?:from |import\()['"](\.[^'"]*)\.ts['"]/g))
      visit(join(dirname(path), `${imported}.d.ts`));
  };
  for (const target of Object.values(exported))
    if (target.import) visit(target.import.types.slice('./dist/types/'.length));
  return found;
}

await stage(
  'package',
  ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'rollup.config.mjs', 'dist/wasm/inline.js'],
  [
    ...['index', 'tfjs', 'onnx', 'c', 'worker', 'slim', 'worker-inline', 'worker-thread'].map(
      (name) => `dist/${name}.js`,
    ),
    ...['dist/types/index.d.ts', 'dist/cjs/types/index.d.ts', 'dist/cjs/index.js'],
    ...entryFolders.map(([name]) => `${name}/package.json`),
  ],
  () => {
    for (const folder of ['build/ts', 'dist/types', 'dist/cjs']) rmSync(folder, { recursive: true, force: true });
    run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
    for (const file of scriptsIn('dist')) if (file !== 'cli.js') rmSync(`dist/${file}`);
    run('rollup/dist/bin/rollup', '-c', '--silent');
    for (const folder of ['dist', 'dist/cjs'])
      for (const file of scriptsIn(folder)) if (file !== 'cli.js') rewriteScript(`${folder}/${file}`);
    for (const [path, text] of publicTypes()) {
      for (const folder of ['dist/types', 'dist/cjs/types']) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    }
    // The nearest package.json decides whether a file, or its types, is CommonJS.
    writeJson('dist/cjs/package.json', { type: 'commonjs' });
    for (const [name, target] of entryFolders) {
      mkdirSync(name, { recursive: true });
      const { types, default: main } = target.require;
      writeJson(`${name}/package.json`, { main: `.${main}`, types: `.${types}` });
    }
  },
);

await stage(
  'cli',
  ['cli', 'jobs', 'tools', 'dist/index.js', 'dist/onnx.js', 'dist/c.js', 'dist/worker.js', 'scripts/build-cli.mjs'],
  ['dist/cli.js', 'dist/cli.js.LEGAL.txt'],
  buildCli,
);

// Each example has a package.json, so its imports of isthmus end here instead of in the package.json of the repository.
if (!existsSync('examples/node_modules/isthmus')) {
  mkdirSync('examples/node_modules', { recursive: true });
  symlinkSync(root, 'examples/node_modules/isthmus', 'junction');
}

const faults = [...packageFaults()];
for (const line of faults) console.error(line);
if (faults.length) process.exit(1);
// Standard output stays empty: `npm pack --json` runs this script first, and prints JSON.
if (changed) await report(console.error);
