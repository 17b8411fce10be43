import { adam, autoencoder, dense, fit, load } from './node_modules/isthmus/dist/slim.js';
import { drawShapes, showPictures, side } from './pictures.js';

const element = (id) => document.getElementById(id);
const pixels = side * side;
const newPictures = drawShapes(8, 99);
element('policy').textContent = document.querySelector('meta[http-equiv]').content;
showPictures(element('originals'), newPictures);

try {
  const engine = await load(new URL('./node_modules/isthmus/dist/wasm/', import.meta.url));
  const spec = {
    input: [pixels],
    encoder: [dense({ units: 64, activation: 'relu' }), dense({ units: 8 })],
    decoder: [dense({ units: 64, activation: 'relu' }), dense({ units: pixels, activation: 'sigmoid' })],
  };
  const model = await autoencoder(spec, { engine });
  element('state').textContent = 'Training';
  const { loss } = await fit(model, drawShapes(2000, 1), { epochs: 15, optimizer: adam(0.003) });
  showPictures(element('reconstructions'), model.reconstruct(newPictures));
  element('state').textContent = 'Trained';
  element('message').textContent =
    `error ${loss[0].toFixed(4)} in the first epoch, ${loss.at(-1).toFixed(4)} in the last`;
} catch (error) {
  element('state').textContent = error.name;
  element('message').className = 'wrong';
  element('message').textContent = error.message;
}
