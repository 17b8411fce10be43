// For the suites that denoise pictures and signals: models of small windows with a known function.

import { type Isthmus, numbers } from './assert.ts';

/** A `size` × `size` matrix with `factor` on the diagonal. */
const diagonal = (size: number, factor: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? factor : 0));

type Built = Awaited<ReturnType<Isthmus['autoencoder']>>;

/** Sets kernel and bias of the encoder, and makes the decoder the identity. */
function set(model: Built, shape: number[], kernel: Float32Array, c: number, bias: Float32Array): Built {
  const ones = shape.map((side, i) => (i < shape.length - 2 ? 1 : side));
  model.setWeights({
    'encoder.0.kernel': { shape, data: kernel },
    'encoder.0.bias': { shape: [c], data: bias },
    'decoder.0.kernel': { shape: ones, data: diagonal(c, 1) },
  });
  return model;
}

/** A model of tiles `[h, w, c]` that gives `factor` · x + `bias`. */
export async function affineModel({ autoencoder, conv2d }: Isthmus, input: number[], factor = 1, bias = 0) {
  const c = input[2]!;
  const layer = conv2d({ filters: c, kernelSize: 1 });
  const model = await autoencoder({ input, encoder: [layer], decoder: [layer] });
  return set(model, [1, 1, c, c], diagonal(c, factor), c, new Float32Array(c).fill(bias));
}

/** A model of tiles `[h, w, 1]` that gives each pixel's upper left neighbor, 0 where the tile has none. */
export async function shiftingModel({ autoencoder, conv2d }: Isthmus, input: number[]) {
  const encoder = [conv2d({ filters: 1, kernelSize: 3, padding: 'same' })];
  const model = await autoencoder({ input, encoder, decoder: [conv2d({ filters: 1, kernelSize: 1 })] });
  return set(model, [3, 3, 1, 1], Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0), 1, new Float32Array(1));
}

/** A model of windows `[length, c]` that gives `factor` · x. */
export async function scalingSignalModel({ autoencoder, conv1d }: Isthmus, input: number[], factor = 1) {
  const c = input[1]!;
  const layer = conv1d({ filters: c, kernelSize: 1 });
  const model = await autoencoder({ input, encoder: [layer], decoder: [layer] });
  return set(model, [1, c, c], diagonal(c, factor), c, new Float32Array(c));
}

/** A model of vectors that gives `factor` · x + `bias`. */
export async function vectorModel(
  { autoencoder, dense }: Isthmus,
  size: number,
  bias = new Float32Array(size),
  factor = 1,
) {
  const layer = dense({ units: size });
  const model = await autoencoder({ input: [size], encoder: [layer], decoder: [layer] });
  return set(model, [size, size], diagonal(size, factor), size, bias);
}

/** A picture of random bytes. */
export function randomPicture(width: number, height: number, channels: number, seed = 1) {
  const data = Uint8Array.from(numbers(width * height * channels, seed), (v) => (v + 1) * 128);
  return { data, width, height };
}
