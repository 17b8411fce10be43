// Prepares the tests in other runtimes: installs their tools and browsers, and makes a project that uses the packed
// package.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { installBrowsers } from './browsers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const toolsFolder = `${root}test/runtimes/tools/`;
const project = `${root}build/runtimes/`;

/** Runs npm in a folder. It prints errors only. */
function runNpm(cwd, ...args) {
  const options = { cwd, encoding: 'utf8', shell: process.platform === 'win32' };
  // A request that stalls is repeated after a minute. The default of npm is five minutes.
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--fetch-timeout=60000', '--fetch-retries=5'];
  return spawnSync('npm', [...args, ...flags], options);
}

/** Folders whose packages only some tests need, and a pattern of these tests. */
const toolFolders = [
  {
    names: 'runtimes and bundlers',
    prefix: 'test/runtimes/tools',
    tests: /^test\/(runtimes|build|examples|worker|frameworks|site)\//,
  },
  {
    names: 'servers for development',
    prefix: 'test/worker/tools',
    tests: /^test\/(runtimes|build|examples|worker|frameworks)\//,
  },
  { names: 'checks of the sources', prefix: 'test/build/tools', tests: /^test\/(build|docs)\// },
  { names: 'ONNX', prefix: 'test/onnx/tools', tests: /^test\/onnx\// },
  { names: 'playground', prefix: 'site/playground', tests: /^test\/site\// },
  { names: 'guide', prefix: 'site/guide', tests: /^test\/site\/guide/ },
  { names: 'frameworks', prefix: 'test/frameworks', tests: /^test\/frameworks\// },
];

/** Installs the packages that the test files need. */
export function installToolsFor(files) {
  for (const { names, prefix, tests } of toolFolders)
    if (files.some((file) => tests.test(file))) installTools(names, prefix);
}

/** Installs the packages of a folder, unless those of its lockfile are installed. */
export function installTools(names, prefix) {
  const lock = readFileSync(`${root}${prefix}/package-lock.json`, 'utf8');
  const stamp = `${root}${prefix}/node_modules/.installed`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log(`installing ${names}: npm ci --prefix ${prefix}`);
  const { status, stderr } = runNpm(root, 'ci', '--prefix', prefix);
  if (status === 0) writeFileSync(stamp, lock);
  else console.log(stderr);
}

/** Makes an empty project, installs the package as npm packs it, and bundles the suites. */
async function makeProject() {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  const packed = runNpm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', project);
  if (packed.status !== 0) throw new Error(packed.stderr);
  writeFileSync(`${project}packed.json`, packed.stdout);
  writeFileSync(`${project}package.json`, JSON.stringify({ private: true, type: 'module' }));
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'));
  const { status, stderr } = runNpm(project, 'install', '--offline', `./${tarball}`);
  if (status !== 0 || stderr) throw new Error(stderr);
  await build({
    entryPoints: readdirSync(`${root}test/runtimes/inside`).map((file) => `${root}test/runtimes/inside/${file}`),
    outdir: project,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    external: ['isthmus', 'isthmus/*', './parcels.js'],
    logLevel: 'error',
  });
}

/**
 * Copies the examples that are projects into the project: they find the package in the folder above, and the tools of
 * their package.json in examples/node_modules.
 */
function copyExamples() {
  const [from, to] = [`${root}examples/`, `${project}examples/`];
  const filter = (path) => !/[\\/](node_modules|dist)$/.test(path);
  for (const name of readdirSync(from).filter((folder) => existsSync(`${from}${folder}/package.json`)))
    cpSync(`${from}${name}`, `${to}${name}`, { recursive: true, filter });
  if (existsSync(`${toolsFolder}node_modules`))
    symlinkSync(`${toolsFolder}node_modules`, `${to}node_modules`, 'junction');
}

export async function prepareRuntimes() {
  installBrowsers();
  await makeProject();
  copyExamples();
}

/** Copies the installed package to the frameworks: some of them do not follow links. */
export function prepareFrameworks() {
  const installed = `${root}test/frameworks/node_modules/isthmus`;
  rmSync(installed, { recursive: true, force: true });
  cpSync(`${project}node_modules/isthmus`, installed, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { names, prefix } of toolFolders) installTools(names, prefix);
  await prepareRuntimes();
  prepareFrameworks();
}
