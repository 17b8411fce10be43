// The folders of src/ import each other in one direction and without circles.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = join(root, '.dependency-cruiser.cjs');
const cruiser = join(root, 'test/build/tools/node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
  /** The files of a circle after `from`; the last one is `from`. */
  readonly cycle?: readonly { readonly name: string }[];
}
interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly Violation[] };
}

const describeViolation = ({ from, to, rule, cycle }: Violation): string =>
  `${rule.name}: ${cycle ? [from, ...cycle.map(({ name }) => name)].join(' → ') : `${from} imports ${to}`}`;

/** The modules below `src` of a folder, and the violations of the rules, a line each. */
function check(folder: string): { modules: string[]; violations: string[] } {
  const args = [cruiser, 'src', '--config', config, '--output-type', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  assert.equal(stderr, '');
  const { modules, summary } = JSON.parse(stdout) as Report;
  return {
    modules: modules.map(({ source }) => source).sort(),
    violations: summary.violations.map(describeViolation).sort(),
  };
}

/** The folders that the rules name, lowest first, then the entries. */
function foldersOfRules(): string[] {
  const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] };
  return forbidden.flatMap(({ name }) => /^(\w+) imports (?:upward|another entry)$/.exec(name)?.[1] ?? []);
}

describe('the rules of imports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-imports-'));
  after(() => rmSync(folder, { recursive: true }));
  const violationsOf = (files: Readonly<Record<string, string>>): string[] => {
    rmSync(join(folder, 'src'), { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return check(folder).violations;
  };

  it('allow imports of the same folder, of lower ones, and of everything by an entry', () => {
    const violations = violationsOf({
      'src/core/a.ts': 'export const a: number = 1;',
      'src/core/b.ts': "export { a } from './a.ts';",
      'src/train/c.ts': "import { a } from '../core/b.ts';\nexport type C = typeof a;",
      'src/index.ts': "export type { C } from './train/c.ts';",
      'src/tfjs/index.ts': "import type { C } from '../index.ts';\nexport const c: C = 1;",
    });
    assert.deepEqual(violations, []);
  });

  it('find a circle, also one of types alone', () => {
    const violations = violationsOf({
      'src/core/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
      'src/core/b.ts': "import type { C } from './c.ts';\nexport const b = (c: C) => c;",
      'src/core/c.ts': "export type C = import('./a.ts').A;",
    });
    assert.deepEqual(violations, ['circle: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts']);
  });

  it('find an import that points upward, in every form', () => {
    const violations = violationsOf({
      'src/train/a.ts': 'export interface A {}\nexport const a = 1;',
      'src/core/value.ts': "import { a } from '../train/a.ts';\nexport const b = a;",
      'src/core/type.ts': "import type { A } from '../train/a.ts';\nexport type B = A;",
      'src/core/again.ts': "export { a } from '../train/a.ts';",
      'src/core/late.ts': "export const b = () => import('../train/a.ts');",
      'src/core/inline.ts': "export type B = import('../train/a.ts').A;",
    });
    assert.deepEqual(
      violations,
      ['again', 'inline', 'late', 'type', 'value'].map(
        (name) => `core imports upward: src/core/${name}.ts imports src/train/a.ts`,
      ),
    );
  });

  it('find imports of the root, of folders that the order does not name, and between entries', () => {
    const violations = violationsOf({
      'src/index.ts': "export { w } from './worker/index.ts';",
      'src/worker/index.ts': "export { s as w } from '../slim/index.ts';",
      'src/slim/index.ts': 'export const s = 1;',
      'src/other/a.ts': 'export const a = 1;',
      'src/helper.ts': 'export const h = 1;',
      'src/generate/b.ts': "export * from '../other/a.ts';\nexport * from '../helper.ts';",
    });
    assert.deepEqual(violations, [
      'generate imports upward: src/generate/b.ts imports src/helper.ts',
      'generate imports upward: src/generate/b.ts imports src/other/a.ts',
      'index imports an entry: src/index.ts imports src/worker/index.ts',
      'worker imports another entry: src/worker/index.ts imports src/slim/index.ts',
    ]);
  });
});

describe('src/', () => {
  it('follows the rules', () => {
    const { modules, violations } = check(root);
    assert.ok(modules.includes('src/index.ts') && modules.length > 150, `${modules.length} modules`);
    assert.deepEqual(violations, []);
  });

  it('has the folders that the rules name, and no other file than index.ts', () => {
    assert.deepEqual(readdirSync(join(root, 'src')).sort(), [...foldersOfRules(), 'index.ts'].sort());
  });

  it('has its folders in docs/maintainers/architecture.md in the order of the rules', () => {
    const text = readFileSync(join(root, 'docs/maintainers/architecture.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `src\/(\w+)\/`/gm)].map((match) => match[1]);
    assert.deepEqual(rows, foldersOfRules());
  });
});
