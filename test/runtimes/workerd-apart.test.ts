// isthmus/worker and isthmus/slim inside a Cloudflare Worker.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { autoencoder, dense, fit, saveModel } from 'isthmus';
import { sheet } from '../suites/assert.ts';
import { project, tool } from './harness.ts';

const skip = !existsSync(tool('wrangler')) && process.env.CI !== 'true';

it('workerd has no worker to spawn, and trains with kernels that it imports', { skip }, async () => {
  Object.assign(process.env, {
    WRANGLER_SEND_METRICS: 'false',
    DO_NOT_TRACK: '1',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  });
  const config = `${project}wrangler-apart.json`;
  writeFileSync(config, JSON.stringify({ name: 'apart', main: 'apart-worker.js', compatibility_date: '2026-11-01' }));
  const { unstable_dev } = await import(tool('wrangler/wrangler-dist/cli.js'));
  const options = { config, logLevel: 'error', experimental: { disableExperimentalWarning: true, testMode: true } };
  const worker = await unstable_dev(`${project}apart-worker.js`, options);
  try {
    const { refused, file } = await (await worker.fetch()).json();
    assert.equal(refused, 'UnsupportedError Workers');
    const spec = { input: [20], encoder: [dense({ units: 4 })], decoder: [dense({ units: 20 })] };
    const model = await autoencoder(spec, { seed: 1 });
    await fit(model, sheet(100, 20), { epochs: 2, deterministic: true });
    assert.deepEqual(Uint8Array.from(file), saveModel(model));
  } finally {
    await worker.stop();
  }
});
