// The blocks of docs/edge.md that do not run in Node: in workerd and in Deno, and as files of test/frameworks/.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lacking, needing, outputOf, project, tool } from '../runtimes/harness.ts';
import { bundle, missing as noWorkerd, serve } from '../runtimes/serve.ts';
import { type Block, blocksOf, programsOf } from './blocks.ts';
import { folderFor, runProgram } from './run-block.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = blocksOf('docs/edge.md', readFileSync(`${root}docs/edge.md`, 'utf8'));
const blockFor = (location: string): Block => blocks.find(({ code }) => code.startsWith(`// Runs in ${location}.\n`))!;
/** The code without comments at its beginning. */
const body = (code: string): string => code.replace(/^(?:\/\/.*\n)+/, '');

describe('docs/edge.md', () => {
  const folder = folderFor('edge');
  before(async () => {
    const [training] = programsOf(blocks);
    const { code, text } = await runProgram(training!, folder);
    assert.equal(code, 0, text);
  });

  needing(noWorkerd, 'answers in workerd as the page says', async () => {
    const modules = new Map(await bundle(blockFor('a Cloudflare Worker').code));
    modules.set('detector.bin', readFileSync(join(folder, 'detector.bin')));
    const worker = await serve(modules);
    try {
      const answers = [];
      for (const row of [
        [1510, 18, 4.4, 41],
        [1510, 18, 2, 41],
      ]) {
        const response = await fetch(worker.url, { method: 'POST', body: JSON.stringify(row) });
        answers.push(await response.json());
      }
      assert.deepEqual(answers, JSON.parse(blocks.find(({ language }) => language === 'json')!.code));
    } finally {
      await worker.stop();
    }
  });

  needing(lacking('.bin/deno'), 'answers in Deno as the page says', async () => {
    const { code, output } = blockFor('Deno');
    copyFileSync(join(folder, 'detector.bin'), join(project, 'detector.bin'));
    writeFileSync(join(project, 'edge-server.js'), code);
    const flags = ['run', '--allow-read', '--allow-net', '--cached-only', 'edge-server.js'];
    const { out, errors, code: exitCode } = await outputOf(project, tool('.bin/deno'), ...flags);
    assert.deepEqual([exitCode, out], [0, output], errors);
  });

  it('shows the routes that test/frameworks/ builds and runs', () => {
    const routes = { 'Next.js': 'next/app/train/route.js', Nuxt: 'nitro/routes/index.js' };
    for (const [location, path] of Object.entries(routes))
      assert.equal(body(blockFor(location).code), body(readFileSync(`${root}test/frameworks/${path}`, 'utf8')), path);
  });
});
