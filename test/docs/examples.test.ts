// Each export has an example in its docstring, which compiles, runs and prints what it says.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as isthmus from 'isthmus';
import { type DocumentedExport, readExports, statedOutput, typesShown } from './exports.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
/** Inside the package, so that `isthmus` is the built package. */
const folder = join(root, 'build/docs/examples');

/** Factories of isthmus/worker are those of isthmus, with the same docstrings. */
const isFactoryOfIndex = ({ entry, name }: DocumentedExport): boolean =>
  entry === 'isthmus/worker' && name !== 'spawn' && name in isthmus;

describe('exports without an example', () => {
  const sources = mkdtempSync(join(tmpdir(), 'isthmus-examples-'));
  after(() => rmSync(sources, { recursive: true }));

  it('are found: values, and types that no value with an example mentions', () => {
    const file = join(sources, 'index.ts');
    const tsconfig = join(sources, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { strict: true, types: [] }, files: ['index.ts'] }));
    writeFileSync(
      file,
      `/** Of a parameter. */
      export interface Inner { readonly a: number }
      /** Of a parameter. */
      export interface Options { readonly inner: Inner }
      /** Of nothing. */
      export interface Lost { readonly a: number }
      /**
       * Has an example.
       *
       * @example
       * \`\`\`ts
       * console.log(1);
       * // prints 1
       * \`\`\`
       */
      export function shown(options: Options): void {}
      /** Has none. */
      export function bare(lost: Lost): void {}
      `,
    );
    const optionsFile = join(sources, 'typedoc.json');
    const options = { extends: [join(root, 'typedoc.json')], name: 'example', entryPoints: [file], tsconfig };
    writeFileSync(optionsFile, JSON.stringify(options));
    const exports = readExports(join(sources, 'api.json'), optionsFile);
    const shown = typesShown(exports);
    const names = (list: DocumentedExport[]): string[] => list.map(({ name }) => name).sort();
    assert.deepEqual(names(exports.filter(({ isType, id }) => isType && !shown.has(id))), ['Lost']);
    assert.deepEqual(names(exports.filter(({ isType, examples }) => !isType && examples.length === 0)), ['bare']);
    const [code] = exports.find(({ name }) => name === 'shown')!.examples;
    assert.equal(statedOutput(code!), '1\n');
  });
});

describe('examples of docstrings', { concurrency: 2 }, () => {
  mkdirSync(folder, { recursive: true });
  const exports = readExports(join(folder, 'api.json'));
  const values = exports.filter((one) => !one.isType && !isFactoryOfIndex(one));
  const types = exports.filter(({ isType }) => isType);

  it('are there for each value, and each type has one or is used by a value that has one', (t) => {
    const missing = values.filter(({ examples }) => examples.length === 0).map(({ entry, name }) => `${entry} ${name}`);
    const shown = typesShown(exports);
    const own = types.filter(({ examples }) => examples.length > 0);
    const lost = types.filter(({ examples, id }) => examples.length === 0 && !shown.has(id));
    t.diagnostic(`${values.length} values, ${missing.length} without an example`);
    t.diagnostic(
      `${types.length} types, ${own.length} with an example of their own, ${lost.length} that no example shows`,
    );
    assert.deepEqual(missing, []);
    assert.deepEqual(
      lost.map(({ entry, name }) => `${entry} ${name}`),
      [],
    );
  });

  const examples = exports.flatMap(({ entry, name, examples }) =>
    examples.map((code, i) => ({
      title: `${entry} ${name}`,
      file: `${entry}-${name}-${i}.ts`.replace('/', '-'),
      code,
    })),
  );

  it('compile', async () => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder, { recursive: true });
    for (const { file, code } of examples) writeFileSync(join(folder, file), code);
    const compilerOptions = { noEmit: true, skipLibCheck: true, noUncheckedIndexedAccess: true };
    const project = { extends: '../../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const result = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
    assert.equal(result.stdout, '');
  });

  for (const { title, file, code } of examples) {
    it(`of ${title} prints what it says`, async () => {
      // A folder of its own, because the examples are compiled at the same time.
      const own = join(folder, '../examples-run');
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, file), code);
      const { stdout, stderr } = await run(process.execPath, ['--trace-warnings', file], { cwd: own, timeout: 60_000 });
      assert.equal(stdout, statedOutput(code));
      assert.equal(stderr, '');
      assert.notEqual(stdout, '');
    });
  }
});
