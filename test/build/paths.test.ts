// Every path of a file that a document or a comment names exists.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A path from the root of the project, perhaps with `*`; not a part of a longer path or of an address. */
const PATH = /(?<![\w./@-])(?:assembly|bench|docs|examples|results|scripts|src|test|tools)\/[\w./*-]*[\w*/]/g;

/** Paths of a user's project, and folders that `npm run bench` and `npm ci` create. */
const ELSEWHERE = new Set(['src/main.ts', 'bench/results/', 'examples/node_modules']);

const exists = (path: string, folder: string): boolean =>
  path.includes('*') ? globSync(path, { cwd: folder }).length > 0 : existsSync(join(folder, path));

/** The paths in a text that are no file or folder, neither from the root nor from `folder`. */
const missing = (text: string, folder = ''): string[] =>
  [...new Set(text.match(PATH))].filter(
    (path) => !ELSEWHERE.has(path) && !exists(path, root) && !exists(path, join(root, folder)),
  );

/** The comments of a source file, one a line. */
const comments = (source: string): string =>
  (source.match(/^\s*(?:\/\/|\/?\*).*|\s\/\/ .*|\/\*.*?\*\//gm) ?? []).join('\n');

const files = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: (name) => /^(node_modules|dist|build)$/.test(name) }).sort();

/** Files with missing paths, and these paths. */
const broken = (names: readonly string[], textOf = (text: string): string => text): [string, string[]][] =>
  names
    .map((name): [string, string[]] => [name, missing(textOf(readFileSync(join(root, name), 'utf8')), dirname(name))])
    .filter(([, paths]) => paths.length > 0);

describe('paths of files', () => {
  it('that do not exist are found', () => {
    const text =
      'See `src/index.ts`, src/no-such-file.ts, `assembly/*.ts`, docs/no-such-folder/*.md and https://x.y/src/z.';
    assert.deepEqual(missing(text), ['src/no-such-file.ts', 'docs/no-such-folder/*.md']);
    assert.equal(
      missing(comments('const a = 1; // see src/none.ts\n/** src/no.ts */\nconst b = "src/text.ts";')).length,
      2,
    );
  });

  it('exist in all documents', () => {
    const names = files('*.md', 'docs/**/*.md');
    assert.ok(names.includes('docs/maintainers/data-path.md'));
    assert.deepEqual(broken(names), []);
  });

  it('exist in all comments', () => {
    const names = files('{src,assembly,test,scripts,results,tools,bench}/**/*.{ts,mjs}');
    assert.ok(names.includes('src/index.ts'));
    assert.deepEqual(broken(names, comments), []);
  });
});
