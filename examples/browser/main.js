import { adam, autoencoder, dense, fit, loadModel, saveModel } from 'isthmus';
import { paint, shapes, side } from '../pictures.js';
import { inCache, inDatabase } from './keep.js';

const element = (id) => document.getElementById(id);
const pixels = side * side;
const epochs = 30;
const unseen = shapes(8, 99);
const layers = [dense];

/** A few digits that change when any bit of the outputs does. */
async function fingerprint(model) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', model.reconstruct(unseen)));
  return Array.from(hash.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function train() {
  element('state').textContent = 'Training';
  const model = await autoencoder({
    input: [pixels],
    encoder: [dense({ units: 64, activation: 'relu' }), dense({ units: 8 })],
    decoder: [dense({ units: 64, activation: 'relu' }), dense({ units: pixels, activation: 'sigmoid' })],
  });
  await fit(model, shapes(2000, 1), {
    epochs,
    optimizer: adam(0.003),
    onEpochEnd(epoch, { loss }) {
      element('progress').value = (epoch + 1) / epochs;
      element('news').textContent = `epoch ${epoch + 1}: error ${loss.toFixed(4)}`;
      paint(element('made'), model.reconstruct(unseen));
    },
  });
  return model;
}

/** Loads what was kept, or trains; and keeps it wherever it is not: browsers may empty a store, in private windows soon. */
async function start() {
  element('again').disabled = true;
  const places = [
    { name: 'IndexedDB', store: inDatabase },
    { name: 'the Cache', store: inCache },
  ];
  for (const place of places) {
    const found = await place.store.get();
    place.model = found && (await loadModel(found, { layers }));
  }
  const full = places.filter(({ model }) => model);
  const model = full[0]?.model ?? (await train());
  for (const { store } of places.filter((place) => !place.model)) await store.put(saveModel(model));
  const prints = await Promise.all([model, ...full.map((place) => place.model)].map(fingerprint));
  paint(element('made'), model.reconstruct(unseen));
  element('progress').value = 1;
  element('news').textContent = `outputs ${[...new Set(prints)].join(' and ')}`;
  const names = (list) => list.map(({ name }) => name).join(' and ');
  element('state').textContent = full.length ? `Loaded from ${names(full)}` : `Kept in ${names(places)}`;
  element('again').disabled = false;
}

element('again').addEventListener('click', async () => {
  await Promise.all([inDatabase.clear(), inCache.clear()]);
  await start();
});
paint(element('given'), unseen);
await start();
