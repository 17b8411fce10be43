// Cleans a noisy picture, of any size, with a model of small tiles that has never seen a photograph.
//
//   node examples/node/denoise-image.ts [picture.png [folder]]
//
// Without a picture the example draws one and puts noise on it. It writes before.png and after.png into the folder,
// `out` by default.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { adam, autoencoder, conv2d, denoiseImage, estimateNoise, fit, gaussianNoise, residual } from 'isthmus';

const [file, folder = 'out'] = process.argv.slice(2);
const SIDE = 32;

let state = 42;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/** Discs of all sizes that lie on each other like dead leaves: edges as photographs have them (Lee et al., 2001). */
function leaves(width: number, height: number): Float32Array<ArrayBuffer> {
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

/** Normal noise, clipped to bytes. */
const noisy = (picture: Float32Array, deviation: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(picture, (value) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.min(255, Math.round(255 * (value + deviation * normal))));
  });

function read(path: string) {
  const { data, width, height, depth, palette } = decode(readFileSync(path));
  if (depth !== 8 || palette || data instanceof Uint16Array)
    throw new RangeError(`expected a PNG with 8 bits a channel and no palette, got ${path}`);
  return { data, width, height };
}

function write(
  name: string,
  { data, width, height }: { data: Uint8Array | Uint8ClampedArray; width: number; height: number },
) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), encode({ data, width, height, channels: data.length / (width * height) }));
}

const truth = file === undefined ? leaves(200, 150) : undefined;
const before = truth ? { data: noisy(truth, 0.1), width: 200, height: 150 } : read(file!);
const stddev = estimateNoise(before);
console.log(`noise before: ${(255 * stddev).toFixed(1)} levels`);

// Each half takes away what it holds for noise: a residual path, as in DnCNN (Zhang et al., 2017).
const conv = (filters: number, activation?: 'relu') =>
  conv2d({ filters, kernelSize: 3, padding: 'same', ...(activation && { activation }) });
const half = [residual({ layers: [conv(12, 'relu'), conv(12, 'relu'), conv(1)] })];
const model = await autoencoder({ input: [SIDE, SIDE, 1], encoder: half, decoder: half }, { seed: 1 });

// Drawn tiles, with as much noise as the picture has: a model for one amount of it is best at that.
const tiles = Array.from({ length: 400 }, () => leaves(SIDE, SIDE));
const corruption = gaussianNoise({ stddev: Math.max(stddev, 0.005), clip: [0, 1] });
await fit(model, tiles, { epochs: 6, batchSize: 8, optimizer: adam(0.003), corruption, deterministic: true });

// A model of one channel cleans each colour; alpha passes.
const after = await denoiseImage(model, before, { overlap: 8 });
console.log(`noise after: ${(255 * estimateNoise(after)).toFixed(1)} levels`);
write('before.png', before);
write('after.png', after);

if (truth) {
  const psnr = (data: Uint8Array | Uint8ClampedArray): string => {
    const squares = Array.from(data).reduce((sum, value, i) => sum + (value / 255 - truth[i]!) ** 2, 0);
    return (-10 * Math.log10(squares / data.length)).toFixed(1);
  };
  console.log(`PSNR ${psnr(before.data)} dB before, ${psnr(after.data)} dB after`);
}
