// Arguments, help and exit codes of the command line.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commands } from '../../cli/commands/index.ts';
import { Context } from '../../cli/context.ts';
import { UsageError } from '../../cli/errors.ts';
import { planOutputs } from '../../cli/output.ts';
import { assertAbsent } from '../absent.ts';
import { isthmus, program, temporaryFolder } from './command.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('the frame of the command line', () => {
  it('prints its help on standard output and exits with 0', async () => {
    const { code, stdout, stderr } = await isthmus(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Usage: isthmus/);
    for (const { name } of commands) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
  });

  for (const { name } of commands)
    it(`prints the help of ${name} with examples`, async () => {
      const { code, stdout } = await isthmus([name, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Examples:\\n.*\\n +\\$ (.* )?isthmus ${name}\\b`));
      assert.equal((await isthmus(['help', name])).stdout, stdout);
    });

  it('does not load isthmus for its help', () => {
    const loaded = (args: string[]): string =>
      spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { ...process.env, NODE_DEBUG: 'esm' } })
        .stderr;
    // A command that needs the package shows how Node reports it.
    assertAbsent(loaded(['train', '--help']), [/dist\/index\.js/], loaded(['bench', 'missing.safetensors']));
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

describe('outputs', () => {
  const folder = temporaryFolder();
  for (const name of ['1', '2']) mkdirSync(join(folder, name));
  for (const name of ['a', 'b', '1/a', '2/a']) writeFileSync(join(folder, name), '');
  const flags = { json: false, quiet: true, verbose: false, code: false, force: false, output: undefined };
  const plan = (inputs: string[], output?: string) =>
    planOutputs(new Context({ ...flags, output }), inputs, { rename: (name) => `${name}.out` });

  it('are beside their inputs without -o', () => {
    const inputs = [join(folder, 'a'), join(folder, 'b')];
    assert.deepEqual(
      plan(inputs),
      inputs.map((input) => `${input}.out`),
    );
  });

  it('are in the folder of -o, which is made', () => {
    const inside = join(folder, 'new', '/');
    assert.deepEqual(plan([join(folder, 'a'), join(folder, 'b')], inside), [
      join(inside, 'a.out'),
      join(inside, 'b.out'),
    ]);
    assert.ok(existsSync(inside));
  });

  it('of standard input are standard output', () => {
    assert.deepEqual(plan(['-']), ['-']);
  });

  it('of several inputs cannot share one file, nor one name', () => {
    assert.throws(() => plan([join(folder, 'a'), join(folder, 'b')], join(folder, 'x')), UsageError);
    assert.throws(
      () => plan([join(folder, '1', 'a'), join(folder, '2', 'a')], join(folder, '/')),
      /have the same output/,
    );
  });
});
