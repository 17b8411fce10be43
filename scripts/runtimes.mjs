// What the tests in other runtimes need: their tools, browsers where they can be installed, and a project that has the
// packed package.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}test/runtimes/tools/`;
const project = `${root}build/runtimes/`;
const npm = (...args) => spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });

/** Tools from npm, unless they are there as the lockfile says. */
function tools() {
  const lock = readFileSync(`${folder}package-lock.json`, 'utf8');
  const stamp = `${folder}node_modules/.installed`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('installing runtimes and bundlers: npm ci --prefix test/runtimes/tools');
  const { status, stderr } = npm(
    'ci',
    '--prefix',
    'test/runtimes/tools',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  );
  if (status === 0) writeFileSync(stamp, lock);
  else console.log(stderr);
}

/** Debian's browsers, where they are missing and may be installed. */
function browsers() {
  const programs = {
    chromium: 'chromium',
    'firefox-esr': 'firefox-esr',
    WebKitWebDriver: 'webkit2gtk-driver',
    'xvfb-run': 'xvfb',
  };
  const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  const packages = Object.entries(programs).flatMap(([program, name]) => (has(program) ? [] : [name]));
  if (packages.length === 0 || process.platform !== 'linux' || process.getuid() !== 0 || !has('apt-get')) return;
  console.log(`installing ${packages.join(', ')}: apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
  apt('update');
  const { status, stderr } = apt('install', '-y', '--no-install-recommends', ...packages);
  if (status !== 0) console.log(stderr);
}

/** An empty project with the package installed as npm packs it, and the suites in files of their own. */
async function install() {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(`${project}node_modules`, { recursive: true });
  const { status, stdout, stderr } = npm('pack', '--ignore-scripts', '--json', '--pack-destination', project);
  if (status !== 0) throw new Error(stderr);
  const parsed = JSON.parse(stdout);
  const { filename } = Array.isArray(parsed) ? parsed[0] : Object.values(parsed)[0];
  const tar = spawnSync('tar', ['-xzf', filename], { cwd: project, encoding: 'utf8' });
  if (tar.status !== 0) throw new Error(tar.stderr);
  cpSync(`${project}package`, `${project}node_modules/isthmus`, { recursive: true });
  rmSync(`${project}package`, { recursive: true });
  writeFileSync(`${project}package.json`, JSON.stringify({ type: 'module', dependencies: { isthmus: '*' } }));
  await build({
    entryPoints: readdirSync(`${root}test/runtimes/inside`).map((file) => `${root}test/runtimes/inside/${file}`),
    outdir: project,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    external: ['isthmus', 'isthmus/*'],
    logLevel: 'error',
  });
}

export async function prepareRuntimes() {
  tools();
  browsers();
  await install();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepareRuntimes();
