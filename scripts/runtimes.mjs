// What the tests in other runtimes need: their tools, browsers where they can be installed, and a project that has the
// packed package.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { installBrowsers } from './browsers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}test/runtimes/tools/`;
const project = `${root}build/runtimes/`;

/** npm in a folder; errors alone are said. */
function npm(cwd, ...args) {
  const options = { cwd, encoding: 'utf8', shell: process.platform === 'win32' };
  return spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], options);
}

/** Tools from npm in a folder, unless they are there as the lockfile says. */
function tools(names, prefix) {
  const lock = readFileSync(`${root}${prefix}/package-lock.json`, 'utf8');
  const stamp = `${root}${prefix}/node_modules/.installed`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log(`installing ${names}: npm ci --prefix ${prefix}`);
  const { status, stderr } = npm(root, 'ci', '--prefix', prefix);
  if (status === 0) writeFileSync(stamp, lock);
  else console.log(stderr);
}

/** An empty project with the package installed as npm packs it, and the suites in files of their own. */
async function install() {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  const packed = npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', project);
  if (packed.status !== 0) throw new Error(packed.stderr);
  writeFileSync(`${project}packed.json`, packed.stdout);
  writeFileSync(`${project}package.json`, JSON.stringify({ private: true, type: 'module' }));
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'));
  const { status, stderr } = npm(project, 'install', '--offline', `./${tarball}`);
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

/** Copies of the examples that are projects: the package is found one folder above, the tools they name beside them. */
function examples() {
  const [from, to] = [`${root}examples/`, `${project}examples/`];
  const filter = (path) => !/[\\/](node_modules|dist)$/.test(path);
  for (const name of readdirSync(from).filter((one) => existsSync(`${from}${one}/package.json`)))
    cpSync(`${from}${name}`, `${to}${name}`, { recursive: true, filter });
  if (existsSync(`${folder}node_modules`)) symlinkSync(`${folder}node_modules`, `${to}node_modules`, 'junction');
}

export async function prepareRuntimes() {
  tools('runtimes and bundlers', 'test/runtimes/tools');
  tools('servers for development', 'test/worker/tools');
  tools('checks of the sources', 'test/build/tools');
  installBrowsers();
  await install();
  examples();
}

/** Frameworks, with the package beside them as it is installed: some of them take no links. */
export function prepareFrameworks() {
  tools('frameworks', 'test/frameworks');
  const installed = `${root}test/frameworks/node_modules/isthmus`;
  rmSync(installed, { recursive: true, force: true });
  cpSync(`${project}node_modules/isthmus`, installed, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await prepareRuntimes();
  prepareFrameworks();
}
