// The example keep-in-a-file, in Node and, with the same file, in Deno.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lacking, tool } from '../runtimes/harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-'));
after(() => rmSync(folder, { recursive: true }));
const example = fileURLToPath(new URL('../../examples/node/keep-in-a-file.ts', import.meta.url));
const path = join(folder, 'model.safetensors');
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, [...args, example, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('keep-in-a-file', () => {
  it('trains once, and gives the same codes after each load', () => {
    const trained = run(process.execPath);
    assert.match(trained, /^trained: the first wave is( -?\d+\.\d{5}){3}\n$/);
    assert.equal(run(process.execPath), trained.replace('trained', 'loaded'));
    assert.deepEqual(readdirSync(folder), ['model.safetensors']);
    const deno = '.bin/deno';
    if (lacking(deno)) assert.notEqual(process.env.CI, 'true', 'no Deno');
    else {
      const flags = ['run', '--quiet', '--no-prompt', '--allow-read', `--allow-write=${folder}`];
      assert.equal(run(tool(deno), ...flags), trained.replace('trained', 'loaded'));
    }
  });

  it('refuses a file that is no model', () => {
    writeFileSync(path, 'no model');
    assert.throws(() => run(process.execPath), /FormatError/);
  });
});
