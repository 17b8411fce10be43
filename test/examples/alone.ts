// Copies an example to a folder outside the repository and installs what its package.json declares, and nothing else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { project, tool } from '../runtimes/harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const examples = join(root, 'examples');

/** The examples: the folders of examples/. */
export const exampleNames = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  .map(({ name }) => name);

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
export const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The folder of a package that the tests have installed. */
function installedFolder(name: string): string {
  const found = [tool(name), join(root, 'node_modules', name)].find(existsSync);
  assert.ok(found, `${name} is not installed`);
  return found;
}

/** Links a package and its commands into a folder node_modules. */
function link(name: string, modules: string): void {
  const from = installedFolder(name);
  const to = join(modules, name);
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(from, to, 'junction');
  const { bin = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const commands: Record<string, string> = typeof bin === 'string' ? { [basename(name)]: bin } : bin;
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const [command, file] of Object.entries(commands)) symlinkSync(join(from, file), join(modules, '.bin', command));
}

/** Runs a command in a folder. */
export function runIn(folder: string, command: string, ...args: string[]) {
  const path = [join(folder, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: path, NO_COLOR: '1' };
  delete env.NODE_TEST_CONTEXT;
  const shell = process.platform === 'win32';
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', shell });
  assert.equal(error, undefined);
  return { status, stdout, stderr };
}

/** A copy of an example in a temporary folder, which `remove` deletes. npm installs the packed package there, offline. */
export function copyAlone(example: string): { folder: string; remove(): void } {
  const temporary = mkdtempSync(join(tmpdir(), 'isthmus-example-'));
  const folder = join(temporary, example);
  const isSource = (path: string): boolean =>
    !/[\\/](node_modules|dist|out|\.wrangler|detector\.safetensors)$/.test(path);
  cpSync(join(examples, example), folder, { recursive: true, filter: isSource });
  const { filename } = Object.values(JSON.parse(readFileSync(join(project, 'packed.json'), 'utf8')))[0] as {
    filename: string;
  };
  const file = join(folder, 'package.json');
  const text = readFileSync(file, 'utf8');
  const { dependencies, devDependencies } = manifestOf(folder);
  // The other packages are linked below: npm would look for them in its registry.
  writeFileSync(
    file,
    JSON.stringify({ private: true, type: 'module', dependencies: { isthmus: join(project, filename) } }),
  );
  const flags = ['--offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const { status, stderr } = runIn(folder, 'npm', 'install', ...flags);
  assert.deepEqual([status, stderr], [0, '']);
  writeFileSync(file, text);
  for (const name of Object.keys({ ...dependencies, ...devDependencies }))
    if (name !== 'isthmus') link(name, join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}
