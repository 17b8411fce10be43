// The package as npm packs and installs it: its files, their origin, and the checks of other tools.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { agrees, blocksOf, programsOf } from '../docs/blocks.ts';
import { lacking, needing, project, tool } from '../runtimes/harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = join(project, 'node_modules/isthmus');

interface Packed {
  readonly filename: string;
  readonly integrity: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** The output of `npm pack --json`, which is a list or an object by name. */
const parse = (json: string): Packed => Object.values(JSON.parse(json) as Record<string, Packed>)[0]!;
const packed = parse(readFileSync(join(project, 'packed.json'), 'utf8'));
const tarball = join(project, packed.filename);
const json = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

type Target = string | { readonly [condition: string]: Target };
const exported = Object.entries(json.exports as Record<string, Target>);

/** Files below a folder, with forward slashes. */
const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );

/** The modules and all existing modules that they import by relative paths. */
function closure(paths: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path) || !existsSync(join(root, path))) return;
    found.add(path);
    for (const [, next] of readFileSync(join(root, path), 'utf8').matchAll(/["'](\.\/[\w./-]+\.js)["']/g))
      visit(join(dirname(path), next!).replaceAll('\\', '/'));
  };
  for (const path of paths) visit(path);
  return [...found];
}

/** The declarations and all declarations that they import by relative paths. */
function typeClosure(paths: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const [, next] of readFileSync(join(root, path), 'utf8').matchAll(/["'](\.{1,2}\/[\w./-]+)\.js["']/g))
      visit(join(dirname(path), `${next}.d.ts`).replaceAll('\\', '/'));
  };
  for (const path of paths) visit(path);
  return [...found];
}

/** The documents for users and their pictures: all committed files of docs/, without figures and documents for maintainers. */
function userDocuments(): string[] {
  const { stdout } = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'docs']);
  return stdout
    .split('\0')
    .filter(
      (path) =>
        path && !path.startsWith('docs/maintainers/') && !path.endsWith('.json') && existsSync(join(root, path)),
    );
}

/** The part of the package that a file belongs to. */
function partOf(path: string): 'documents' | 'command' | 'code' {
  if (path.endsWith('.md') || path.startsWith('docs/')) return 'documents';
  return path.startsWith('dist/cli.js') ? 'command' : 'code';
}

/** Runs a command and returns its outputs. Fails unless the command succeeds. */
function run(command: string, args: readonly string[], options: object = {}): { stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  assert.equal(error, undefined);
  assert.equal(status, 0, stdout + stderr);
  return { stdout, stderr };
}

describe('the tarball', () => {
  it('has the needed files and no others: no source, no map, no module that is not imported', async (t) => {
    const leaves = (target: Target): string[] =>
      typeof target === 'string' ? [target] : Object.values(target).flatMap(leaves);
    const scripts = exported.flatMap(([, target]) => leaves(target)).filter((path) => path.endsWith('.js'));
    const kernels = Object.keys(await import('#wasm')).map((key) =>
      key.replace(/[A-Z]/, (letter) => `.${letter.toLowerCase()}`),
    );
    const types = exported.flatMap(([, target]) => leaves(target)).filter((path) => path.endsWith('.d.ts'));
    const expected = [
      ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/wasm/workerd.js', 'dist/wasm/edge.js'],
      ...closure(['dist/wasm/inline.js', ...scripts.map((path) => path.slice(2))]),
      ...kernels.map((name) => `dist/wasm/${name}.wasm`),
      ...typeClosure(types.map((path) => path.slice(2))),
      'dist/cjs/package.json',
      'dist/cli.js',
      'dist/cli.js.LEGAL.txt',
      ...userDocuments(),
      // A folder for each subpath, for tools that do not read `exports`.
      ...exported
        .filter(([name, target]) => name !== '.' && typeof target !== 'string')
        .map(([name]) => `${name.slice(2)}/package.json`),
    ];
    assert.deepEqual(packed.files.map(({ path }) => path).sort(), expected.sort());
    assert.deepEqual(below(installed).sort(), expected);
    // Of 3.9 MB of code, types with their examples are 0.4 MB, CommonJS and its types 1.7 MB. isthmus/slim and the thread of
    // isthmus/worker are one file each, 370 and 550 KB.
    const limits = { documents: 1024, command: 1536, code: 4352 };
    const kilobytes = { documents: 0, command: 0, code: 0 };
    for (const { path, size } of packed.files) kilobytes[partOf(path)] += size / 1024;
    for (const part of ['documents', 'command', 'code'] as const) {
      t.diagnostic(`${part}: ${kilobytes[part].toFixed(0)} KB unpacked`);
      assert.ok(kilobytes[part] < limits[part], `${part}: ${kilobytes[part]} KB unpacked`);
    }
  });

  it('has the bytes of a build from a clean checkout, so its kernels are those of assembly/', () => {
    const copy = mkdtempSync(join(tmpdir(), 'isthmus-checkout-'));
    try {
      const { stdout } = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
      for (const path of stdout.split('\0').filter((path) => path && existsSync(join(root, path))))
        cpSync(join(root, path), join(copy, path));
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
      const options = { cwd: copy, shell: process.platform === 'win32' };
      const again = parse(run('npm', ['pack', '--json', '--pack-destination', copy], options).stdout);
      const unpack = (file: string, folder: string): void => {
        run('tar', ['-xzf', file], { cwd: folder });
      };
      unpack(again.filename, copy);
      for (const path of packed.files.map((file) => file.path))
        assert.ok(readFileSync(join(copy, 'package', path)).equals(readFileSync(join(installed, path))), path);
      assert.equal(again.integrity, packed.integrity);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  needing(lacking('publint'), 'passes publint', () => {
    const { stdout } = run(process.execPath, [tool('publint/src/cli.js'), tarball, '--strict']);
    assert.match(stdout, /All good!/);
  });

  needing(lacking('@arethetypeswrong/cli'), 'passes are-the-types-wrong in every mode of resolution', () => {
    const untyped = exported.filter(([, target]) => typeof target === 'string').map(([name]) => name);
    const flags = ['--profile', 'strict', '--format', 'json', '--exclude-entrypoints', ...untyped];
    const { stdout } = run(process.execPath, [tool('@arethetypeswrong/cli/dist/index.js'), tarball, ...flags]);
    const { analysis } = JSON.parse(stdout);
    const typed = exported.filter(([name]) => !untyped.includes(name)).map(([name]) => name);
    assert.deepEqual(Object.keys(analysis.entrypoints), typed);
    assert.deepEqual(analysis.problems, []);
  });
});

describe('installed in an empty project', () => {
  it('has no dependencies', () => {
    assert.deepEqual(
      readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['isthmus'],
    );
  });

  const readme = readFileSync(join(installed, 'README.md'), 'utf8');
  const programs = programsOf(blocksOf('README.md', readme)).filter(({ language }) => language === 'js');
  // README.md reads these files from the current folder.
  cpSync(join(installed, 'docs/samples'), project, { recursive: true });
  const nodes = [22, 24].map((version) => `node${version}/bin/node`);
  for (const [name, missing, node] of [
    ['this Node', undefined, process.execPath],
    ...nodes.map((path) => [path.split('/')[0]!, lacking(path), tool(path)] as const),
  ] as const)
    needing(missing, `runs what the README shows, prints what it says, and nothing on stderr: ${name}`, () => {
      assert.ok(programs.length > 0);
      cpSync(join(installed, 'docs/samples/pump.csv'), join(project, 'pump.csv'));
      programs.forEach(({ code, output }, i) => {
        writeFileSync(join(project, `readme-${i}.js`), code);
        const { stdout, stderr } = run(node, ['--trace-warnings', `readme-${i}.js`], { cwd: project });
        assert.ok(agrees(stdout, output), stdout);
        assert.equal(stderr, '');
      });
    });

  it('exports every subpath and every kernel', () => {
    const kernels = readdirSync(join(installed, 'dist/wasm')).filter((file) => file.endsWith('.wasm'));
    const scripts = exported
      .filter(([, target]) => typeof target !== 'string')
      .map(([name]) => name.replace(/^\./, 'isthmus'));
    const code = `
      const require = (await import('node:module')).createRequire(import.meta.url);
      for (const name of ${JSON.stringify(scripts)}) {
        const names = Object.keys(await import(name)).join();
        if (!names || Object.keys(require(name)).sort().join() !== names) throw new Error(name);
      }
      for (const file of ${JSON.stringify(kernels)})
        new WebAssembly.Module((await import('node:fs')).readFileSync(new URL(import.meta.resolve('isthmus/wasm/' + file))));
      await import('isthmus/package.json', { with: { type: 'json' } });
      await import('isthmus/dist/index.js').then(() => console.log('not closed'), (error) => console.log(error.code));`;
    assert.ok(kernels.length > 0 && scripts.length > 1);
    const { stdout, stderr } = run(process.execPath, ['--input-type=module', '-e', code], { cwd: project });
    assert.deepEqual([stdout, stderr], ['ERR_PACKAGE_PATH_NOT_EXPORTED\n', '']);
  });

  needing(
    lacking('node20/bin/node'),
    'works on Node 20, for which npm prints a warning because it is unsupported',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'isthmus-old-'));
      try {
        writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
        const env = { ...process.env, PATH: `${dirname(tool('node20/bin/node'))}${delimiter}${process.env.PATH}` };
        const options = { cwd: folder, env, shell: process.platform === 'win32' };
        const flags = ['--offline', '--no-audit', '--no-fund', '--loglevel=warn'];
        const { stderr } = run('npm', ['install', tarball, ...flags], options);
        assert.match(stderr, /EBADENGINE[\s\S]*isthmus@[\s\S]*required: \{ node: '>=22' \}/);
        writeFileSync(join(folder, 'main.js'), programs[0]!.code);
        cpSync(join(installed, 'docs/samples/pump.csv'), join(folder, 'pump.csv'));
        const result = run(tool('node20/bin/node'), ['--trace-warnings', 'main.js'], { cwd: folder });
        assert.ok(agrees(result.stdout, programs[0]!.output), result.stdout);
        assert.equal(result.stderr, '');
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
