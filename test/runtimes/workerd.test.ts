// The suites inside a Cloudflare Worker: bundled by wrangler, run by workerd.
import { existsSync, writeFileSync } from 'node:fs';
import { everySuite, project, tool } from './harness.ts';
import type { Outcome } from './inside/run.ts';

const missing = existsSync(tool('wrangler')) ? undefined : 'npm ci --prefix test/runtimes/tools did not succeed';

everySuite('workerd', missing, async () => {
  const settings = { WRANGLER_SEND_METRICS: 'false', DO_NOT_TRACK: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false' };
  Object.assign(process.env, settings);
  const config = `${project}wrangler.json`;
  writeFileSync(config, JSON.stringify({ name: 'suites', main: 'worker.js', compatibility_date: '2026-11-01' }));
  const { unstable_dev } = await import(tool('wrangler/wrangler-dist/cli.js'));
  const worker = await unstable_dev(`${project}worker.js`, {
    config,
    logLevel: 'error',
    experimental: { disableExperimentalWarning: true, testMode: true },
  });
  try {
    return (await (await worker.fetch()).json()) as Outcome[];
  } finally {
    await worker.stop();
  }
});
