import { adam, autoencoder, dense, fit, loadModel, saveModel } from 'isthmus';
import { drawShapes, showPictures, side } from './pictures.js';
import { cacheStore, databaseStore } from './store.js';

const element = (id) => document.getElementById(id);
const pixels = side * side;
const epochs = 30;
const newPictures = drawShapes(8, 99);

/** Twelve hexadecimal digits that change with any bit of the model's outputs. */
async function fingerprint(model) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', model.reconstruct(newPictures)));
  return Array.from(hash.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function train() {
  element('state').textContent = 'Training';
  const model = await autoencoder({
    input: [pixels],
    encoder: [dense({ units: 64, activation: 'relu' }), dense({ units: 8 })],
    decoder: [dense({ units: 64, activation: 'relu' }), dense({ units: pixels, activation: 'sigmoid' })],
  });
  await fit(model, drawShapes(2000, 1), {
    epochs,
    optimizer: adam(0.003),
    onEpochEnd(epoch, { loss }) {
      element('progress').value = (epoch + 1) / epochs;
      element('message').textContent = `epoch ${epoch + 1}: error ${loss.toFixed(4)}`;
      showPictures(element('reconstructions'), model.reconstruct(newPictures));
    },
  });
  return model;
}

/**
 * Loads the stored model, or trains a new one, and writes it to the stores that lack it: a browser may empty a store at
 * any time, in a private window soon.
 */
async function start() {
  element('again').disabled = true;
  const stores = [
    { name: 'IndexedDB', store: databaseStore },
    { name: 'the Cache', store: cacheStore },
  ];
  for (const entry of stores) {
    const file = await entry.store.get();
    // With `layers`, a bundler leaves out the layers that the model does not use.
    entry.model = file && (await loadModel(file, { layers: [dense] }));
  }
  const filled = stores.filter(({ model }) => model);
  const model = filled[0]?.model ?? (await train());
  for (const { store } of stores.filter((entry) => !entry.model)) await store.put(saveModel(model));

  const fingerprints = await Promise.all([model, ...filled.map((entry) => entry.model)].map(fingerprint));
  showPictures(element('reconstructions'), model.reconstruct(newPictures));
  element('progress').value = 1;
  element('message').textContent = `outputs ${[...new Set(fingerprints)].join(' and ')}`;
  const names = (entries) => entries.map(({ name }) => name).join(' and ');
  element('state').textContent = filled.length ? `Loaded from ${names(filled)}` : `Stored in ${names(stores)}`;
  element('again').disabled = false;
}

element('again').addEventListener('click', async () => {
  await Promise.all([databaseStore.clear(), cacheStore.clear()]);
  await start();
});
showPictures(element('originals'), newPictures);
await start();
