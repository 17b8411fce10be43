// The small Cloudflare Worker, trained and served by its own scripts in a copy of its folder.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { assertAbsent } from '../absent.ts';
import { dev, missing } from '../runtimes/cloudflare.ts';
import { needing } from '../runtimes/harness.ts';
import { copyAlone, runIn } from './alone.ts';
import { checkTypesIn } from './project.ts';

/** A normal window: a wave. */
const wave = Array.from({ length: 24 }, (_, i) => Math.sin(2 + i / 4) + 0.025);

describe('the small Cloudflare Worker', () => {
  needing(missing, 'scores the windows of a request in workerd, as its README says', async () => {
    const { folder, remove } = copyAlone('cloudflare-worker');
    const [, stated] = /```text\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))!;
    const [, zigzag] = /--data '([^']*)'/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))!;
    try {
      checkTypesIn(folder, 'train.ts', 'src/index.ts', 'src/files.d.ts');
      const trained = runIn(folder, 'npm', 'run', '--silent', 'train');
      assert.deepEqual([trained.status, trained.stderr], [0, '']);
      const worker = await dev(folder);
      const post = (body: BodyInit, more: object = {}) => fetch(worker.url, { method: 'POST', body, ...more });
      try {
        const answer = await post(zigzag!);
        assert.equal(answer.status, 200);
        assert.equal(`${trained.stdout}${await answer.text()}\n`, stated);

        const shifted = wave.map((value, i) => value + (i === 9 ? 2 : 0));
        const scores = await (await post(JSON.stringify([wave, shifted]))).json();
        assert.deepEqual(scores.map(({ strange }: { strange: boolean }) => strange), [false, true]); // biome-ignore format: one line

        for (const [body, message] of [
          ['', /JSON/],
          ['no json', /JSON/],
          ['{}', /^expected a list of windows/],
          ['[]', /^"x" expected at least one sample/],
          ['[[1, 2]]', /^"x\[0\]" expected 24 values/],
          [JSON.stringify([wave.map((value, i) => (i === 3 ? null : value))]), /^expected a list of windows/],
          ['[[1e39]]'.replace('1e39', wave.fill(1e39).join()), /^"x\[?0?\]?" expected finite numbers/],
        ] as const) {
          const wrong = await post(body);
          assert.equal(wrong.status, 400, body);
          assert.match((await wrong.json()).error, message, body);
        }
        assert.equal((await fetch(worker.url)).status, 405);
        assert.equal((await post(' '.repeat(100_001))).status, 413);
        const chunks = new Response(zigzag).body!;
        assert.equal((await post(chunks, { duplex: 'half' })).status, 413, 'no content-length');
        assertAbsent(worker.printed(), [/Uncaught/, /\[wrangler:error/], 'Uncaught [wrangler:error]');
      } finally {
        await worker.stop();
      }
    } finally {
      remove();
    }
  });
});
