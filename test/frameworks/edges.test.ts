// Servers at the edge: built by the framework, run by the runtime.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe } from 'node:test';
import { build } from 'esbuild';
import { needing } from '../runtimes/harness.ts';
import { missing as noWorkerd, serveWorker } from '../runtimes/workerd.ts';
import { folder, lacking, listen, run, tool } from './harness.ts';

/** The answer of every edge server. */
interface Answer {
  readonly loss: number;
  readonly bytes: number;
  readonly file: number;
}
const same = (answer: Answer): void => {
  const { loss, bytes, file } = answer;
  assert.deepEqual([Math.fround(loss) > 0, loss < 0.02, bytes > 500 && bytes < 4000, file > 4000], Array(4).fill(true));
};

describe('Next.js', () => {
  needing(lacking('next'), 'trains at the edge for longer than a turn, and takes kernels as modules', async () => {
    const project = join(folder, 'next');
    rmSync(join(project, '.next'), { recursive: true, force: true });
    const next = tool('next/dist/bin/next');
    run(project, next, 'build');
    const { url, stop } = await listen(project, next, (port) => ['start', '-H', '127.0.0.1', '-p', port]);
    try {
      const answer = await fetch(`${url}train`);
      assert.equal(answer.status, 200, await answer.clone().text());
      same((await answer.json()) as Answer);
      assert.deepEqual(await (await fetch(`${url}kernels`)).json(), { code: 2 });
    } finally {
      stop();
    }
  });
});

describe('Nitro', () => {
  const project = join(folder, 'nitro');
  const built = (preset: string): void => {
    for (const name of ['.nitro', '.output', '.vercel']) rmSync(join(project, name), { recursive: true, force: true });
    run(project, tool('nitropack/dist/cli/index.mjs'), 'build', '--preset', preset);
  };

  needing(lacking('nitropack') ?? noWorkerd, 'trains on Cloudflare, in workerd', async () => {
    built('cloudflare_module');
    const config = join(project, '.output/wrangler.json');
    writeFileSync(
      config,
      JSON.stringify({
        name: 'nitro',
        main: 'server/index.mjs',
        compatibility_date: '2026-01-01',
        compatibility_flags: ['nodejs_compat'],
      }),
    );
    const worker = await serveWorker(join(project, '.output/server/index.mjs'), config);
    try {
      same((await (await worker.fetch('/')).json()) as Answer);
    } finally {
      await worker.stop();
    }
  });

  needing(lacking('nitropack') ?? lacking('next'), "trains at Vercel's edge, in its runtime", async () => {
    built('vercel-edge');
    const { outputFiles } = await build({
      stdin: {
        contents: `import handle from './index.mjs';
          addEventListener('fetch', (event) => event.respondWith(handle(event.request, event)));`,
        resolveDir: join(project, '.vercel/output/functions/__fallback.func'),
      },
      bundle: true,
      format: 'iife',
      // Modules of Node that this edge runtime has, replaced by packages.
      alias: { 'node:events': tool('events/events.js'), 'node:buffer': tool('buffer/index.js') },
      write: false,
      logLevel: 'error',
    });
    const { EdgeRuntime } = createRequire(import.meta.url)(tool('next/dist/compiled/edge-runtime'));
    const runtime = new EdgeRuntime({ initialCode: outputFiles[0]!.text });
    const answer = await runtime.dispatchFetch('http://edge.test/');
    assert.equal(answer.status, 200);
    same((await answer.json()) as Answer);
  });
});
