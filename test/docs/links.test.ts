// Links of documents. Users read README.md and docs/ in the installed package, so their links lead to files that npm packs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');

/** The text without blocks of code and without code in lines. */
const prose = (text: string): string => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]+`/g, '');

/** The anchor that GitHub and VitePress give to a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/<[^>]*>/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

/** The anchors of a document: those of its headings, and the ids that it states. */
function anchors(text: string): Set<string> {
  const headings = [...text.replace(/^```.*?^```/gms, '').matchAll(/^#{1,6} (.*)$/gm)];
  const ids = [...text.matchAll(/\sid="([^"]+)"/g)];
  return new Set([...headings.map(([, heading]) => anchorOf(heading!)), ...ids.map(([, id]) => id!)]);
}

/** The targets of links and pictures that are not addresses. */
const targets = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(<?([^)>\s]+)>?[^)]*\)|\s(?:href|src)="([^"]+)"/g)]
    .map(([, markdown, html]) => (markdown ?? html)!)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The links of a document that lead to no file of `files`, or to no heading of that file. */
function dead(path: string, text: string, files: ReadonlySet<string>): string[] {
  return targets(text).filter((target) => {
    const [file, anchor] = target.split('#') as [string, string | undefined];
    const linked = file === '' ? path : posix.normalize(posix.join(dirname(path), file));
    if (!files.has(linked)) return true;
    return anchor !== undefined && !anchors(file === '' ? text : read(linked)).has(anchor);
  });
}

/** The paths that `npm pack` puts in the tarball. */
function packedFiles(): Set<string> {
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json', '--loglevel=error'], options);
  const packages = Object.values(JSON.parse(stdout)) as { readonly files: readonly { readonly path: string }[] }[];
  return new Set(packages[0]!.files.map(({ path }) => path));
}

const documents = (...patterns: string[]): string[] => globSync(patterns, { cwd: root }).sort();

describe('links', () => {
  it('that are dead are found: of files, pictures, headings, and of files that are not shipped', () => {
    const files = new Set(['README.md', 'docs/format.md']);
    const text = `# One heading, with \`code\`
      [a](docs/format.md#no-such-heading) [b](docs/none.md) ![c](docs/none.png) <img src="none.svg"> [d](#none)
      [e](docs/format.md#plain-mode) [f](#one-heading-with-code) [g](https://example.com/none) \`[h](none)\` [i](src/index.ts)`;
    assert.deepEqual(dead('README.md', text, files), [
      'docs/format.md#no-such-heading',
      'docs/none.md',
      'docs/none.png',
      'none.svg',
      '#none',
      'src/index.ts',
    ]);
  });

  it('of README.md and of the documents for users lead to files of the package', () => {
    const files = packedFiles();
    const paths = ['README.md', 'CHANGELOG.md', ...documents('docs/*.md')];
    assert.ok(paths.includes('docs/format.md') && files.has('docs/format.md'));
    const found = paths.flatMap((path) => dead(path, read(path), files).map((target) => `${path}: ${target}`));
    assert.deepEqual(found, []);
  });

  it('of the documents for maintainers lead to files of the repository', () => {
    const paths = ['CONTRIBUTING.md', 'SECURITY.md', ...documents('docs/maintainers/*.md')];
    const found = paths.flatMap((path) => {
      const linked = targets(read(path)).map((target) => posix.join(dirname(path), target.split('#')[0]!));
      const files = new Set([path, ...linked.filter((file) => existsSync(root + file))]);
      return dead(path, read(path), files).map((target) => `${path}: ${target}`);
    });
    assert.deepEqual(found, []);
  });
});
