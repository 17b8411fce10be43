// A variational autoencoder learns shapes. Its codes of two numbers are a map of the shapes. Run `npm install` and
// `npm run build`, then serve this folder.
import { adam, autoencoder, evaluate, fit, variationalAutoencoder } from 'isthmus';
import { drawEllipses, SIDE } from './ellipses.js';

const EPOCHS = 40;
const TILES = 10;
const progress = document.querySelector('progress');
const x = drawEllipses(1000);

const spec = variationalAutoencoder({ input: [SIDE * SIDE], latent: 2, hidden: [64] });
const model = await autoencoder(spec, { seed: 4 });
await fit(model, x, {
  epochs: EPOCHS,
  optimizer: adam(0.003),
  onEpochEnd: (epoch) => {
    progress.value = (epoch + 1) / EPOCHS;
  },
});

/** Coordinate of tile `i`. 90 % of a standard normal distribution is between the first and the last. */
const coordinate = (i) => -1.64 + (3.28 * i) / (TILES - 1);
const codes = Float32Array.from({ length: TILES * TILES * 2 }, (_, i) =>
  i % 2 ? coordinate(Math.floor(i / 2 / TILES)) : coordinate((i / 2) % TILES),
);
const pixels = model.decode(codes);
const context = document.querySelector('canvas').getContext('2d');
for (let tile = 0; tile < TILES * TILES; tile++) {
  const image = context.createImageData(SIDE, SIDE);
  pixels.subarray(tile * SIDE * SIDE, (tile + 1) * SIDE * SIDE).forEach((value, i) => {
    image.data.set([255 * value, 200 * value, 90 * value, 255], 4 * i);
  });
  context.putImageData(image, (tile % TILES) * SIDE, Math.floor(tile / TILES) * SIDE);
}
progress.hidden = true;
const { meanSquaredError } = evaluate(model, x);
document.querySelector('output').textContent =
  `${SIDE * SIDE} pixels from 2 numbers, with a mean squared error of ${meanSquaredError.toFixed(4)}`;
