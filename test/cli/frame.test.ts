// Arguments, help and exit codes of the command line.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isthmus } from './command.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('the frame of the command line', () => {
  it('prints its help on standard output and exits with 0', async () => {
    const { code, stdout, stderr } = await isthmus(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Usage: isthmus/);
    for (const name of ['inspect']) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
  });

  it('prints the help of a command with examples', async () => {
    const { code, stdout } = await isthmus(['inspect', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /Examples:\n.*\n +\$ isthmus inspect /);
    assert.equal((await isthmus(['help', 'inspect'])).stdout, stdout);
  });

  it('prints the version of the package', async () => {
    const { code, stdout } = await isthmus(['--version']);
    assert.deepEqual([code, stdout], [0, `${version}\n`]);
  });

  it('exits with 2 for wrong arguments, says why in one line, and suggests a similar word', async () => {
    const cases: [string[], RegExp][] = [
      [['inspct'], /^error: unknown command 'inspct'\n\(Did you mean inspect\?\)\n$/],
      [['inspect', '--jsno', 'x'], /^error: unknown option '--jsno'\n\(Did you mean --json\?\)\n$/],
      [['inspect'], /^error: missing required argument 'files'\n$/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await isthmus(args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, message);
    }
  });

  it('prints the help on standard error and exits with 2 without a command', async () => {
    const { code, stdout, stderr } = await isthmus([]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Usage: isthmus/);
  });
});
