// The bytes of photographs at a mean quality of 30 dB: a learned codec of isthmus, and JPEG. Grey values of the photographs of
// Kodak; the codec learns from six of them and compresses the two others. `node bench/photographs.ts FOLDER`, with the PNG
// files of Kodak in FOLDER.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { adam, autoencoder, createCodec, dense, fit, quantized } from '../dist/index.js';

const SIDE = 8;
const TARGET = 30;

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

function readGrey(path: string): Picture {
  const { width, height, data, channels } = decodePng(readFileSync(path));
  const value = (i: number, channel: number): number => data[i * channels + channel]!;
  const grey = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(0.299 * value(i, 0) + 0.587 * value(i, 1) + 0.114 * value(i, 2)),
  );
  return { width, height, grey };
}

/** Blocks of 8 × 8 pixels, one after the other. */
function blocks({ width, height, grey }: Picture): Uint8Array {
  const across = width / SIDE;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [block, y, x] = [Math.floor(i / 64), Math.floor((i % 64) / 8), i % 8];
    const row = Math.floor(block / across) * SIDE + y;
    return grey[row * width + (block % across) * SIDE + x]!;
  });
}

const psnr = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / sum);
};

/** The fewest bytes of JPEG with at least the target. */
function jpegBytes({ width, height, grey }: Picture): number {
  const rgba = Uint8Array.from({ length: 4 * grey.length }, (_, i) => (i % 4 === 3 ? 255 : grey[i >> 2]!));
  for (let quality = 1; quality <= 100; quality++) {
    const { data } = jpeg.encode({ data: rgba, width, height }, quality);
    const decoded = jpeg.decode(data, { useTArray: true }).data;
    if (
      psnr(
        Uint8Array.from(grey, (_, i) => decoded[4 * i]!),
        grey,
      ) >= TARGET
    )
      return data.length;
  }
  throw new Error('JPEG does not reach the target');
}

const folder = process.argv[2];
if (!folder) throw new Error('expected the folder of the PNG files of Kodak');
const paths = globSync('*.png', { cwd: folder }).sort();
const pictures = paths.map((path) => readGrey(join(folder, path)));
const training = new Uint8Array(pictures.slice(0, 6).flatMap((picture) => [...blocks(picture)]));

const tests = pictures.slice(6);

/** Trains a network with a code of `units` values, whose bits weigh `rateWeight` in the loss, and prints the bytes. */
async function measure(units: number, rateWeight: number): Promise<void> {
  const spec = {
    input: [SIDE * SIDE],
    encoder: [dense({ units: 128, activation: 'gelu' }), dense({ units })],
    latent: quantized({ step: 1 }),
    decoder: [dense({ units: 128, activation: 'gelu' }), dense({ units: SIDE * SIDE })],
  } as const;
  const model = await autoencoder(spec, { seed: 1 });
  const optimizer = adam(0.001);
  await fit(model, training, { epochs: 12, batchSize: 64, optimizer, rateWeight, deterministic: true });
  const smallest = tests.map(() => Number.POSITIVE_INFINITY);
  for (const step of [0.25, 0.35, 0.5, 0.7, 1, 1.4]) {
    const codec = await createCodec(model, training.subarray(0, SIDE * SIDE * 10_000), { step });
    tests.forEach((picture, i) => {
      const pixels = blocks(picture);
      const bytes = codec.compress(pixels);
      if (psnr(codec.decompress(bytes), pixels) >= TARGET) smallest[i] = Math.min(smallest[i]!, bytes.length);
    });
  }
  tests.forEach((picture, i) => {
    const jpegSize = jpegBytes(picture);
    const ratio = (smallest[i]! / jpegSize).toFixed(1);
    console.log(`code of ${units}, ${paths[6 + i]}: ${smallest[i]} bytes, JPEG ${jpegSize}, ratio ${ratio}`);
  });
}

await measure(32, 2e-5);
await measure(64, 5e-6);
