import { autoencoder, dense, fit as train } from 'isthmus';
import { spawn } from 'isthmus/worker';

const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
globalThis.outcome = (async () => {
  const m = await autoencoder(spec, { seed: 1 });
  const { loss } = await train(m, new Float32Array(400), { epochs: 3 });
  const worker = await spawn();
  const remote = await worker.autoencoder(spec, { seed: 1 });
  worker.terminate();
  return JSON.stringify([loss.length, m.parameterCount, remote.parameterCount]);
})();
