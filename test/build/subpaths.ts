// Code of a user's project for isthmus/worker and isthmus/slim. It is compiled and not run.
import * as slim from 'isthmus/slim';
import { adam, convAutoencoder, dense, type RemoteModel, spawn, transfer } from 'isthmus/worker';

const worker = await spawn();
const model: RemoteModel = await worker.autoencoder(
  { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] },
  { seed: 1 },
);
await worker.autoencoder(convAutoencoder({ input: [8, 8, 1], latent: 4 }));
const history = await worker.fit(model, transfer(new Float32Array(8)), {
  epochs: 2,
  optimizer: adam(0.1),
  onEpochEnd: (e, { loss }) => e + loss,
});
export const loss: number = history.loss[0]!;
export const z: Float32Array = await model.encode(new Float32Array(4));
export const shape: readonly number[] = model.inputShape;
const weights = await model.weights;
export const data: Float32Array = weights['encoder.0.kernel']!.data;
const codec = await worker.createCodec(model, new Uint8Array(8), { lossless: true });
export const bytes: Uint8Array = await codec.decompress(await codec.compress(new Uint8Array(4)));
const back = await worker.loadCheckpoint(await worker.saveCheckpoint(model, history));
await worker.fit(back.model, new Float32Array(4), { resume: back.history });
const detector = await worker.anomalyDetector(model, new Float32Array(800));
export const model2: RemoteModel = detector.model;
export const flags: boolean[] = await detector.detect(new Float32Array(4));
// @ts-expect-error a promise
export const wrong: Float32Array = model.encode(new Float32Array(4));
// @ts-expect-error a number
await worker.autoencoder({ input: [4], encoder: [dense({ units: 'x' })], decoder: [] });
const engine = await slim.load({ infer: new Uint8Array(3) });
const m = await slim.loadModel(new Uint8Array(2), { engine, layers: [slim.dense] });
export const y: Float32Array = m.encode(new Float32Array(3));
// @ts-expect-error layers are needed
await slim.loadModel(new Uint8Array(2), { engine });
// @ts-expect-error an engine is needed
await slim.autoencoder({ input: [4], encoder: [slim.dense({ units: 2 })], decoder: [slim.dense({ units: 4 })] });
worker.terminate();
