// Runs the suites in a Cloudflare Worker.
import { everySuite } from './harness.ts';
import type { Outcome } from './inside/run.ts';
import { missing, startWorker } from './workerd.ts';

everySuite('workerd', missing, async () => {
  const worker = await startWorker('worker.js');
  try {
    return (await (await worker.fetch('/')).json()) as Outcome[];
  } finally {
    await worker.stop();
  }
});
