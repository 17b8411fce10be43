// Every export of the package, and every member of an exported type, has a docstring.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import * as isthmus from 'isthmus';

const root = fileURLToPath(new URL('../..', import.meta.url));
const projectOptions = join(root, 'typedoc.json');
const typedoc = join(root, 'test/build/tools/node_modules/typedoc/bin/typedoc');

/** The warnings of typedoc with the given options, one a line. */
function warnings(optionsFile: string): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, [typedoc, '--options', optionsFile, '--logLevel', 'Warn'], {
    cwd: root,
    encoding: 'utf8',
  });
  const lines = stripVTControlCharacters(stdout + stderr).split('\n');
  return lines.filter((line) => line !== '' && !/^\[warning\] Found 0 errors and \d+ warnings$/.test(line));
}

const undocumented = /^\[warning\] (?<name>\S+) \(\w+\), defined in (?<file>\S+), does not have any documentation$/;

/** True for the factories of `isthmus/worker`: they are those of `isthmus`, with other types. */
function isDocumentedInIndex(line: string): boolean {
  const { name = '', file = '' } = undocumented.exec(line)?.groups ?? {};
  return /\/src\/worker\/factories(\.gen)?\.ts$/.test(file) && name.replace(/^worker\./, '') in isthmus;
}

describe('docstrings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-docstrings-'));
  after(() => rmSync(folder, { recursive: true }));

  it('that are missing are found: of functions, types and members', () => {
    const file = join(folder, 'index.ts');
    const tsconfig = join(folder, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { strict: true, types: [] }, files: ['index.ts'] }));
    writeFileSync(
      file,
      `/** Documented. */
      export function documented(): void {}
      export function bare(): void {}
      export interface Bare { readonly member: number }
      /** Documented. */
      export interface Options {
        /** Documented. */
        readonly first: number;
        readonly second: number;
      }
      /** Documented. */
      export type Shape = {
        readonly third: number;
      };
      /** Documented. */
      export class Documented {
        method(): void {}
      }
      `,
    );
    const optionsFile = join(folder, 'typedoc.json');
    writeFileSync(
      optionsFile,
      JSON.stringify({ extends: [projectOptions], name: 'example', entryPoints: [file], tsconfig }),
    );
    const names = warnings(optionsFile).map((line) => undocumented.exec(line)?.groups?.name ?? line);
    assert.deepEqual(names.sort(), [
      'Bare',
      'Bare.member',
      'Documented.method',
      'Options.second',
      'Shape.third',
      'bare',
    ]);
  });

  it('are everywhere', () => {
    const missing = warnings(projectOptions).filter((line) => !isDocumentedInIndex(line));
    assert.deepEqual(missing, []);
  });
});
