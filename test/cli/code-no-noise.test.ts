// The program of `isthmus denoise --code` with a picture whose estimated noise is 0.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { decode, encode } from 'fast-png';
import { isthmus, program } from './command.ts';

it('a picture without noise stays as it is', async () => {
  const folder = join(program, '../../build/denoise-code-no-noise');
  mkdirSync(folder, { recursive: true });
  const data = new Uint8Array(48 * 40 * 3).fill(128);
  writeFileSync(join(folder, 'plain.png'), encode({ width: 48, height: 40, channels: 3, data }));
  const { code, stdout, stderr } = await isthmus(['denoise', 'plain.png', '--code', '-o', 'clean.png'], { folder });
  assert.equal(code, 0, stderr);
  writeFileSync(join(folder, 'program.mjs'), stdout);
  const run = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(Uint8Array.from(decode(readFileSync(join(folder, 'clean.png'))).data), data);
});
