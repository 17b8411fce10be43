import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertAbsent } from '../absent.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('assertAbsent', () => {
  it('fails on a pattern that its example does not contain', () => {
    assert.throws(() => assertAbsent('text', [/renamed/], 'an example'), /\/renamed\/ does not match its example/);
  });

  it('fails on a pattern that the text contains, and shows the place', () => {
    assert.throws(() => assertAbsent('a bad text', [/bad/], 'bad'), /\/bad\/ found: …a bad text…/);
    assertAbsent('a text', [/bad/], 'bad');
  });

  it('is the only way in which tests assert that a pattern does not match', () => {
    const files = execFileSync('git', ['ls-files', '*.ts', '*.mjs'], { cwd: root, encoding: 'utf8' })
      .trim()
      .split('\n');
    // The patterns and their examples are built from parts, because this file is searched too.
    const direct = [
      new RegExp(['doesNot', 'Match'].join('')),
      new RegExp(['\\bok\\(!', '/.*/\\w*\\.test\\('].join('')),
    ];
    for (const example of ['assert.doesNot' + 'Match(text, /a/)', 'assert.ok(!' + '/a/i.test(text))'])
      assert.ok(
        direct.some((pattern) => pattern.test(example)),
        example,
      );
    const found = files.filter((file) => {
      const text = readFileSync(`${root}${file}`, 'utf8');
      return direct.some((pattern) => pattern.test(text));
    });
    assert.deepEqual(found, []);
  });
});
