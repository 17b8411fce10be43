// Each development dependency has a stated reason, and the lockfiles work on every platform with every registry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readText = (path: string): string => readFileSync(join(root, path), 'utf8');
const trackedFiles = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

/** The faults of a lockfile: addresses of registries, and optional packages that are not in it. */
function faults({ packages }: Lockfile): string[] {
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  return Object.entries(packages).flatMap(([path, { resolved, optionalDependencies = {} }]) => [
    ...(resolved?.includes('://') ? [`${path} has the address ${resolved}`] : []),
    ...Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${path} lacks ${name}`),
  ]);
}

describe('docs/maintainers/dependencies.md', () => {
  it('gives a reason for each development dependency', () => {
    const { devDependencies } = JSON.parse(readText('package.json')) as { devDependencies: Record<string, string> };
    const rows = readText('docs/maintainers/dependencies.md')
      .split('\n## ')[0]!
      .matchAll(/^\| (`.*?) +\|/gm);
    const documented = [...rows].flatMap(([, names]) => [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
    assert.deepEqual(documented.sort(), Object.keys(devDependencies).sort());
  });

  it('is right that binaryen is the version inside assemblyscript', () => {
    const { devDependencies } = JSON.parse(readText('package.json'));
    const { dependencies } = JSON.parse(readText('node_modules/assemblyscript/package.json'));
    assert.equal(devDependencies.binaryen, dependencies.binaryen);
  });

  it('names each folder that has its own lockfile', () => {
    const text = readText('docs/maintainers/dependencies.md');
    const folders = lockfiles.map((path) => dirname(path)).filter((folder) => folder !== '.');
    for (const folder of folders) assert.ok(text.includes(`| \`${folder}/\``), folder);
  });
});

const lockfiles = trackedFiles.filter((path) => path.endsWith('package-lock.json'));

describe('lockfiles', () => {
  it('with a fault are found', () => {
    const packages = {
      'node_modules/a': {
        resolved: 'https://registry.example/a.tgz',
        optionalDependencies: { 'a-linux': '1', b: '1' },
      },
      'node_modules/a/node_modules/b': {},
    };
    const found = faults({ packages });
    assert.deepEqual(found, [
      'node_modules/a has the address https://registry.example/a.tgz',
      'node_modules/a lacks a-linux',
    ]);
  });

  for (const path of lockfiles) {
    it(`${path} names no registry and lists the packages of all platforms`, () => {
      assert.deepEqual(faults(JSON.parse(readText(path)) as Lockfile), []);
      assert.ok(trackedFiles.includes(join(dirname(path), '.npmrc')), 'the folder has no .npmrc');
    });
  }
});
