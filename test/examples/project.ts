// The examples that are projects, in copies with the packed package and the tools of their package.json.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { project, tool } from '../runtimes/harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const folderOf = (example: string): string => join(project, 'examples', example);

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
export const manifestOf = (example: string): Manifest =>
  JSON.parse(readFileSync(join(folderOf(example), 'package.json'), 'utf8'));

/** Asserts that an example depends on this version of the package and on the tested versions of its other packages. */
export const checkVersions = (example: string): void => checkVersionsIn(folderOf(example));

/** As `checkVersions`, for the folder of an example. */
export function checkVersionsIn(folder: string): void {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const tools = read(join(dirname(tool('')), 'package.json')).dependencies;
  const { version, devDependencies: ours } = read(join(root, 'package.json'));
  const { dependencies, devDependencies = {} }: Manifest = read(join(folder, 'package.json'));
  const { isthmus, ...others } = dependencies;
  assert.equal(isthmus, `^${version}`, folder);
  for (const [name, asked] of Object.entries({ ...others, ...devDependencies })) {
    const pinned = [tools[name], ours[name]].filter((found) => found !== undefined);
    assert.ok(
      pinned.length > 0 && pinned.some((found) => asked === found || asked === `^${found}`),
      `${name}@${asked}`,
    );
  }
}

/** Asserts that the TypeScript of an example has no errors, with the types of the packed package. */
export const checkTypes = (example: string, file: string): void => checkTypesIn(folderOf(example), file);

/** As `checkTypes`, for files of a folder. */
export function checkTypesIn(folder: string, ...files: string[]): void {
  const flags = [
    '--noEmit',
    '--strict',
    '--noUncheckedIndexedAccess',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
  ];
  const libraries = ['--allowImportingTsExtensions', '--target', 'es2022', '--lib', 'es2024,dom,dom.iterable'];
  const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node', '--ignoreConfig'];
  const args = [join(root, 'node_modules/typescript/bin/tsc'), ...flags, ...libraries, ...types, ...files];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  assert.equal(stdout, '');
}

/** Runs a tool in an example, like a script of its package.json. It must succeed. Gives its output. */
export function runTool(example: string, command: string): string {
  const [program, ...args] = command.split(' ');
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`, NO_COLOR: '1' };
  const options = { cwd: folderOf(example), env, encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const { status, stdout, stderr, error } = spawnSync(tool(`.bin/${program}`), args, options);
  assert.equal(error, undefined);
  assert.equal(status, 0, stdout + stderr);
  return stdout + stderr;
}
