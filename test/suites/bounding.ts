// Compression with a bound on every error, and lossless compression.

import { equal, fails, type Isthmus, numbers, ok, type Suite, sameBits, sheetSamples } from './assert.ts';
import { codecFor, SIZE } from './compressing.ts';

/** Bytes of a header. It has the digest of the codec's file, which depends on the model. */
const HEADER = 28;

/** FNV-1a of bytes. */
function digest(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16777619), -2128831035) >>> 0;
}

/** Smooth samples with NaN, infinities, -0 and very large values among them. */
function samples(rows: number): Float32Array<ArrayBuffer> {
  const x = sheetSamples(rows, SIZE, 3);
  const noise = numbers(x.length, 9);
  const strange = [Number.NaN, Infinity, -Infinity, -0, 1e-45, 3e38, -3e38];
  return x.map((v, i) => (i % 97 === 13 ? strange[i % 7]! : v + 0.02 * noise[i]!));
}

const range = (x: Float32Array): number => {
  const finite = x.filter((v) => Number.isFinite(v));
  return finite.reduce((a, b) => Math.max(a, b)) - finite.reduce((a, b) => Math.min(a, b));
};

/** Compresses the samples, and decompresses them with a codec loaded from the file of the first. */
async function roundTrip(isthmus: Isthmus, x: Float32Array<ArrayBuffer>, options: object) {
  const { codec } = await codecFor(isthmus, options);
  const bytes = codec.compress(x);
  const y = (await isthmus.loadCodec(codec.save())).decompress(bytes) as Float32Array;
  return { bytes, y };
}

export const bounding: Suite = {
  async 'every error is within the bound, and NaN, infinity and -0 are decompressed exactly'(isthmus) {
    const x = samples(400);
    for (const maxError of [1e-6, 0.01, 0.5, 1e30]) {
      const { y } = await roundTrip(isthmus, x, { maxError });
      equal(y.length, x.length);
      for (let i = 0; i < x.length; i++) {
        const isWithin = Math.abs(x[i]! - y[i]!) <= maxError && !Object.is(x[i], -0);
        ok(isWithin || Object.is(x[i], y[i]), `at ${maxError}: ${x[i]} became ${y[i]}`);
      }
    }
  },

  async 'relativeError and psnr refer to the range of the values'(isthmus) {
    const x = sheetSamples(600, SIZE, 3);
    const fullRange = range(x);
    const share = await roundTrip(isthmus, x, { relativeError: 0.01 });
    for (let i = 0; i < x.length; i++) ok(Math.abs(x[i]! - share.y[i]!) <= 0.01 * fullRange, `value ${i}`);
    ok(share.bytes.length < x.byteLength / 16, `${share.bytes.length} bytes`);
    const { y } = await roundTrip(isthmus, x, { psnr: 50 });
    const error = x.reduce((sum, v, i) => sum + (v - y[i]!) ** 2, 0) / x.length;
    ok(10 * Math.log10(fullRange ** 2 / error) >= 50, `mean squared error ${error}`);
  },

  async 'the lossless mode restores bytes exactly'(isthmus) {
    const x = Uint8Array.from(sheetSamples(300, SIZE, 3), (v) => 255 * v);
    const { autoencoder, createCodec, dense, loadCodec } = isthmus;
    const spec = { input: [SIZE], encoder: [dense({ units: 2 })], decoder: [dense({ units: SIZE })] };
    const model = await autoencoder(spec, { seed: 1 });
    const codec = await createCodec(model, x.slice(0, 100 * SIZE), { lossless: true });
    const bytes = codec.compress(x);
    const y = (await loadCodec(codec.save())).decompress(bytes) as ArrayLike<number> as Uint8Array;
    sameBits(y, x);
    ok(bytes.length < 0.75 * x.length, `${bytes.length} bytes`);
    await fails(() => codec.compress(new Float32Array(SIZE)), 'TypeError', /expected Uint8Array/);
    equal(digest(bytes.subarray(HEADER)), 309127701, 'the compressed bytes');
  },

  async 'the compressed bytes are the same on every runtime'(isthmus) {
    const { autoencoder, createCodec, dense } = isthmus;
    const spec = { input: [SIZE], encoder: [dense({ units: 2 })], decoder: [dense({ units: SIZE })] };
    const model = await autoencoder(spec, { seed: 1 });
    const codec = await createCodec(model, sheetSamples(100, SIZE), { maxError: 0.003 });
    equal(digest(codec.compress(samples(200)).subarray(HEADER)), 978326580);
    const ratio = await createCodec(model, sheetSamples(100, SIZE), { psnr: 41.7 });
    equal(digest(ratio.compress(sheetSamples(200, SIZE, 3)).subarray(HEADER)), 3850509953, 'psnr');
    const maxError = Array.from({ length: SIZE }, (_, i) => (i % 4) / 100);
    const channels = await createCodec(model, sheetSamples(100, SIZE), { maxError });
    equal(digest(channels.compress(samples(200)).subarray(HEADER)), 1438379751, 'bounds by channel');
    const pixels = (n: number, seed: number) => Uint8Array.from(sheetSamples(n, SIZE, seed), (v) => 255 * v);
    const levels = await createCodec(model, pixels(100, 1), { maxError: 2 });
    equal(digest(levels.compress(pixels(200, 3)).subarray(HEADER)), 3151990675, 'bytes');
  },
};
