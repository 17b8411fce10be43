import { adam, autoencoder, dense, type History, type Model, fit as train } from 'isthmus';
import { load } from 'isthmus/slim';
import { installKernels } from 'isthmus/tfjs';
import { type RemoteModel, spawn } from 'isthmus/worker';

async function main(): Promise<void> {
  const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
  const model: Model = await autoencoder(spec, { seed: 1 });
  const history: History = await train(model, new Float32Array(400), { epochs: 3, optimizer: adam(0.01) });
  const worker = await spawn();
  const remote: RemoteModel = await worker.autoencoder(spec, { seed: 1 });
  worker.terminate();
  console.log(JSON.stringify([history.loss.length, remote.parameterCount, typeof load, typeof installKernels]));
}

// @ts-expect-error a number
dense.bind(undefined, { units: 'many' });
main();
