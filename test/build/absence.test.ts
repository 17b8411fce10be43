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
    const direct = new RegExp(['doesNot', 'Match'].join(''));
    assert.match('assert.doesNot' + 'Match(text, /a/)', direct);
    assert.deepEqual(files.filter((file) => direct.test(readFileSync(`${root}${file}`, 'utf8'))), []); // biome-ignore format: one line
  });
});
