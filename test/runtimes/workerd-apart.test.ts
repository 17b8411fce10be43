// isthmus/worker and isthmus/slim inside a Cloudflare Worker.
import assert from 'node:assert/strict';
import { autoencoder, dense, fit, saveModel } from 'isthmus';
import { sheetSamples } from '../suites/assert.ts';
import { needing } from './harness.ts';
import { missing, startWorker } from './workerd.ts';

needing(missing, 'workerd has no worker to spawn, and trains with kernels that it imports', async () => {
  const worker = await startWorker('apart-worker.js');
  try {
    const { refused, file } = (await (await worker.fetch('/')).json()) as { refused: string; file: number[] };
    assert.equal(refused, 'UnsupportedError Workers');
    const spec = { input: [20], encoder: [dense({ units: 4 })], decoder: [dense({ units: 20 })] };
    const model = await autoencoder(spec, { seed: 1 });
    await fit(model, sheetSamples(100, 20), { epochs: 2, deterministic: true });
    assert.deepEqual(Uint8Array.from(file), saveModel(model));
  } finally {
    await worker.stop();
  }
});
