// Denoises a picture of any size with a model of small tiles, which was trained on drawn pictures and has never seen a
// photograph.
//
//   node denoise-image.ts [picture.png [folder]]
//
// The example writes before.png and after.png into the folder, by default `out`. Without a picture it draws one and adds
// noise.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decode, encode } from 'fast-png';
import { adam, autoencoder, conv2d, denoiseImage, estimateNoise, fit, gaussianNoise, residual } from 'isthmus';

const { positionals } = parseArgs({ allowPositionals: true });
const [file, folder = 'out'] = positionals;
/** Width and height of a tile. */
const TILE = 32;

let state = 42;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/** Draws overlapping discs of all sizes, like dead leaves: their edges are as in photographs (Lee et al., 2001). */
function drawLeaves(width: number, height: number): Float32Array<ArrayBuffer> {
  const picture = new Float32Array(width * height).fill(0.5);
  for (let leaf = 0; leaf < 400; leaf++) {
    const radius = 2 / Math.sqrt(random() + 0.004);
    const [cx, cy, grey, slope] = [random() * width, random() * height, random(), (random() - 0.5) / 40];
    for (let y = Math.max(0, Math.ceil(cy - radius)); y < Math.min(height, cy + radius); y++) {
      for (let x = Math.max(0, Math.ceil(cx - radius)); x < Math.min(width, cx + radius); x++) {
        if (Math.hypot(x - cx, y - cy) > radius) continue;
        picture[y * width + x] = Math.max(0, Math.min(1, grey + slope * (x - cx)));
      }
    }
  }
  return picture;
}

/** Adds normal noise to values 0..1. Gives bytes. */
const addNoise = (picture: Float32Array, stddev: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(picture, (value) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.min(255, Math.round(255 * (value + stddev * normal))));
  });

function readPicture(path: string) {
  const { data, width, height, depth, palette } = decode(readFileSync(path));
  if (depth !== 8 || palette || data instanceof Uint16Array)
    throw new RangeError(`expected a PNG with 8 bits a channel and no palette, got ${path}`);
  return { data, width, height };
}

function writePicture(
  name: string,
  { data, width, height }: { data: Uint8Array | Uint8ClampedArray; width: number; height: number },
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), encode({ data, width, height, channels: data.length / (width * height) }));
}

const drawn = file === undefined ? drawLeaves(200, 150) : undefined;
const before = drawn ? { data: addNoise(drawn, 0.1), width: 200, height: 150 } : readPicture(file!);
const stddev = estimateNoise(before);
console.log(`noise before: ${(255 * stddev).toFixed(1)} levels`);

// Encoder and decoder each subtract noise: with a residual connection the convolutions estimate the noise and not the
// picture, as in DnCNN (Zhang et al., 2017).
const conv = (filters: number, activation?: 'relu') =>
  conv2d({ filters, kernelSize: 3, padding: 'same', ...(activation && { activation }) });
const denoiser = [residual({ layers: [conv(12, 'relu'), conv(12, 'relu'), conv(1)] })];
const model = await autoencoder({ input: [TILE, TILE, 1], encoder: denoiser, decoder: denoiser }, { seed: 1 });

// The model is trained for the noise of this picture: a model for one level of noise is the best at that level.
const tiles = Array.from({ length: 400 }, () => drawLeaves(TILE, TILE));
const corruption = gaussianNoise({ stddev: Math.max(stddev, 0.005), clip: [0, 1] });
await fit(model, tiles, { epochs: 6, batchSize: 8, optimizer: adam(0.003), corruption, deterministic: true });

// The model has one channel, so it cleans each colour by itself. An alpha channel stays as it is.
const after = await denoiseImage(model, before, { overlap: 8 });
console.log(`noise after: ${(255 * estimateNoise(after)).toFixed(1)} levels`);
writePicture('before.png', before);
writePicture('after.png', after);

if (drawn) {
  /** Peak signal-to-noise ratio in decibels. */
  const psnr = (data: Uint8Array | Uint8ClampedArray): string => {
    const squares = Array.from(data).reduce((sum, value, i) => sum + (value / 255 - drawn[i]!) ** 2, 0);
    return (-10 * Math.log10(squares / data.length)).toFixed(1);
  };
  console.log(`PSNR ${psnr(before.data)} dB before, ${psnr(after.data)} dB after`);
}
