// Codecs for bytes, whose bounds are in levels, and codecs with a bound for each channel.

import { equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';

const SHAPE = [4, 3, 3];
const VALUES = 36;

/** Samples of three channels: triangle waves with noise, within 0..1. */
const waves = (rows: number, seed: number): Float32Array<ArrayBuffer> =>
  numbers(rows * VALUES, seed).map((v, i) => 0.5 + 0.4 * Math.abs(((i / 90) % 2) - 1) * ((i % 3) - 1) + 0.05 * v);
const levels = (rows: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(waves(rows, seed), (v) => 255 * v);

const modelOf = ({ autoencoder, dense, flatten, reshape }: Isthmus) =>
  autoencoder(
    {
      input: SHAPE,
      encoder: [flatten(), dense({ units: 3 })],
      decoder: [dense({ units: VALUES }), reshape({ targetShape: SHAPE })],
    },
    { seed: 1 },
  );

type Values = Float32Array | Uint8Array;

/** The largest error of each of the three channels, in float64. */
function channelErrors(x: Values, y: Values): number[] {
  const errors = [0, 0, 0];
  x.forEach((v, i) => {
    errors[i % 3] = Math.max(errors[i % 3]!, Math.abs(v - y[i]!));
  });
  return errors;
}

/** The samples through a compression and a decompression stream, in chunks of 7 to 56 values. */
async function streamed(codec: { compressionStream(): object; decompressionStream(): object }, x: Values) {
  const source = new ReadableStream<Values>({
    start(controller) {
      for (let at = 0; at < x.length; at += 7 + (at % 50))
        controller.enqueue(x.slice(at, at + 7 + (at % 50)) as Values);
      controller.close();
    },
  });
  const bytes = source.pipeThrough(codec.compressionStream() as TransformStream<Values, Uint8Array>);
  const reader = bytes.pipeThrough(codec.decompressionStream() as TransformStream<Uint8Array, Values>).getReader();
  const out: number[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return out;
    out.push(...value);
  }
}

/** The error for floats, where calibration had bytes. */
const fromFloats = /"x" expected Uint8Array as in calibration: Uint8Array\.from\(x, .* 255 .*\), got Float/;

export const compressingBytes: Suite = {
  async 'bytes are decompressed as bytes, with every error within the bound'(isthmus) {
    const { createCodec, loadCodec } = isthmus;
    const model = await modelOf(isthmus);
    const x = levels(120, 2);
    const sizes: number[] = [];
    for (const maxError of [1e-6, 0.9, 1, 2, 2.9, 40, 1e300]) {
      const codec = await createCodec(model, levels(60, 1), { maxError });
      const bytes = codec.compress(x);
      const back = await loadCodec<Uint8Array<ArrayBuffer>>(codec.save());
      const y = back.decompress(bytes);
      equal([codec.values, back.values, y.constructor.name], ['uint8', 'uint8', 'Uint8Array']);
      ok(Math.max(...channelErrors(x, y)) <= maxError, `${channelErrors(x, y)} at ${maxError}`);
      equal(back.open(bytes).maxError, Math.max(...channelErrors(x, y)));
      sameBits(back.compress(new Uint8ClampedArray(x)), bytes, 'clamped');
      sameBits(back.open(bytes).samples(100, 3), y.subarray(100 * VALUES, 103 * VALUES), 'read by a reader');
      sameBits(await streamed(back, x), y, 'streamed');
      if (maxError < 1) sameBits(y, x, 'with a bound below 1');
      sizes.push(bytes.length);
    }
    equal(sizes[0], sizes[1]);
    equal(sizes[3], sizes[4]);
    ok(sizes[1]! > sizes[2]! && sizes[2]! > sizes[3]! && sizes[3]! > sizes[5]!, `${sizes}`);
  },

  async 'relativeError and psnr refer to the range of the bytes'(isthmus) {
    const { createCodec } = isthmus;
    const model = await modelOf(isthmus);
    const x = levels(300, 2);
    const range = x.reduce((a, b) => Math.max(a, b)) - x.reduce((a, b) => Math.min(a, b));
    const share = await createCodec(model, levels(60, 1), { relativeError: 0.03 });
    const most = Math.max(...channelErrors(x, share.decompress(share.compress(x))));
    ok(most <= 0.03 * range && most >= 0.03 * range - 1, `${most} of ${range}`);
    for (const psnr of [20, 33, 45, 60]) {
      const codec = await createCodec(model, levels(60, 1), { psnr });
      const bytes = codec.compress(x);
      const y = codec.decompress(bytes);
      const error = x.reduce((sum, v, i) => sum + (v - y[i]!) ** 2, 0) / x.length;
      ok(10 * Math.log10(range ** 2 / error) >= psnr, `${error} at ${psnr}`);
      ok(codec.open(bytes).meanSquaredError === error, `${error}`);
    }
  },

  async 'plain codecs for bytes round the output of the model'(isthmus) {
    const { createCodec, loadCodec } = isthmus;
    const model = await modelOf(isthmus);
    const x = levels(60, 2);
    const codec = await createCodec(model, x, { step: 1e-4, dtype: 'float32' });
    const bytes = codec.compress(x);
    const y = codec.decompress(bytes);
    equal(y.constructor.name, 'Uint8Array');
    const expected = model.reconstruct(x).map((v) => Math.max(0, Math.min(255, 255 * v)));
    ok(
      y.every((v, i) => Math.abs(v - expected[i]!) < 0.6),
      'levels',
    );
    sameBits((await loadCodec(codec.save())).decompress(bytes), y);
    await fails(() => codec.compress(waves(1, 1)), 'TypeError', fromFloats);
  },

  async 'bytes of a lost block are 0'(isthmus) {
    const model = await modelOf(isthmus);
    const x = levels(100, 2).map((v) => Math.max(v, 1));
    const codec = await isthmus.createCodec(model, x, { maxError: 1e-3, samplesPerBlock: 10 });
    const bytes = codec.compress(x);
    bytes[bytes.length - 50]! ^= 1;
    const found: number[] = [];
    const y = codec.decompress(bytes, { onDamage: ({ first, samples }) => found.push(first, samples) });
    equal(found, [90, 10]);
    sameBits(
      y,
      x.map((v, i) => (i < 90 * VALUES ? v : 0)),
    );
  },

  async 'each channel has its own bound, for floats and for bytes'(isthmus) {
    const { createCodec, loadCodec } = isthmus;
    const model = await modelOf(isthmus);
    for (const [first, x, bounds] of [
      [waves(60, 1), waves(200, 2), [0.1, 1e-4, 0.01]],
      [waves(60, 1), waves(200, 2), [0, 2, 1e-45]],
      [levels(60, 1), levels(200, 2), [20, 0.5, 2]],
    ] as const) {
      const codec = await createCodec(model, first, { maxError: bounds, samplesPerBlock: 30 });
      const bytes = codec.compress(x);
      const back = await loadCodec(codec.save());
      const y = back.decompress(bytes) as Values;
      equal(y.constructor.name, x.constructor.name);
      const errors = channelErrors(x, y);
      ok(
        errors.every((error, channel) => error <= bounds[channel]!),
        `${errors} within ${bounds}`,
      );
      sameBits(back.compress(x), bytes, 'compressed again');
      sameBits(back.open(bytes).sample(77) as Values, y.subarray(77 * VALUES, 78 * VALUES), 'one sample');
      sameBits(await streamed(back, x), y, 'streamed');
      equal(back.open(bytes).maxError, Math.max(...errors));
      if (bounds[0] === 0) continue;
      const all = await createCodec(model, first, { maxError: Math.min(...bounds), samplesPerBlock: 30 });
      ok(bytes.length < 0.8 * all.compress(x).length, `${bytes.length} and ${all.compress(x).length} bytes`);
    }
  },

  async 'values of another type than in calibration and invalid lists of bounds are refused'(isthmus) {
    const { createCodec } = isthmus;
    const model = await modelOf(isthmus);
    const refused = (maxError: unknown, name: string, message: RegExp): Promise<Error> =>
      fails(() => createCodec(model, waves(60, 1), { maxError } as never), name, message);
    await refused([1, 2], 'RangeError', /"maxError" expected 3 bounds, one for each channel, got \[1, 2\]/);
    await refused([1, -2, 1], 'RangeError', /"maxError\[1\]" expected a number of at least 0, got -2/);
    await refused([1, 1, Number.NaN], 'RangeError', /"maxError\[2\]" expected a number of at least 0, got NaN/);
    await refused([1, '1', 1], 'TypeError', /"maxError\[1\]" expected a number/);
    await refused(new Array(3), 'TypeError', /"maxError\[0\]" expected a number/);
    await refused(0, 'RangeError', /"maxError" expected a number above 0, got 0/);
    const bytes = await createCodec(model, levels(60, 1), { maxError: 2 });
    await fails(() => bytes.compress(waves(1, 1)), 'TypeError', fromFloats);
    const floats = await createCodec(model, waves(60, 1), { maxError: 2 });
    const message =
      /expected Float32Array as in calibration: Float32Array.from\(x, \(v\) => v \/ 255\), got Uint8Array/;
    await fails(() => floats.compress(levels(1, 1)), 'TypeError', message);
    await fails(() => floats.compressAsync(levels(1, 1)), 'TypeError', message);
    for (const [codec, chunk] of [
      [floats, levels(1, 1)],
      [bytes, waves(1, 1)],
    ] as const)
      await fails(() => streamed(codec, chunk), 'TypeError', /"chunk" expected .* as in calibration/);
    await fails(() => bytes.decompress(floats.compress(waves(1, 1))), 'FormatError', /data of codec/);
    // The types of the results are checked by TypeScript.
    const back: [Uint8Array<ArrayBuffer>, Float32Array<ArrayBuffer>] = [
      await bytes.decompressAsync(bytes.compress(levels(1, 1)), { maxBytes: VALUES }),
      await floats.decompressAsync(floats.compress(waves(1, 1)), { maxBytes: 4 * VALUES }),
    ];
    equal(
      back.map((values) => values.constructor.name),
      ['Uint8Array', 'Float32Array'],
    );
    for (const maxBytes of [VALUES - 1, 0])
      await fails(() => bytes.decompressAsync(bytes.compress(levels(1, 1)), { maxBytes }), 'FormatError', /maxBytes/);
  },

  async 'a codec for floats refuses data of a codec for bytes, and vice versa'(isthmus) {
    const model = await modelOf(isthmus);
    const ofBytes = await isthmus.createCodec(model, levels(60, 1), { maxError: 2 });
    const ofFloats = await isthmus.createCodec(model, waves(60, 1), { maxError: 0.1 });
    const message = /"bytes" expected data of codec .*, got /;
    const one = await fails(() => ofFloats.decompress(ofBytes.compress(levels(60, 1))), 'FormatError', message);
    equal((one as Error & { code?: string }).code, 'model');
    const other = await fails(() => ofBytes.decompress(ofFloats.compress(waves(60, 1))), 'FormatError', message);
    equal((other as Error & { code?: string }).code, 'model');
  },

  async 'a file whose version does not match its content is refused'(isthmus) {
    const { createCodec, loadCodec } = isthmus;
    const model = await modelOf(isthmus);
    const made = await createCodec(model, levels(60, 1), { maxError: 2 });
    const text = (file: Uint8Array): string => String.fromCharCode(...file.subarray(8, 1200));
    ok(/"version":"2"/.test(text(made.save())) && /\\"values\\":\\"uint8\\"/.test(text(made.save())), 'version 2');
    const floats = (await createCodec(model, waves(60, 1), { maxError: 2 })).save();
    ok(/"version":"1"/.test(text(floats)) && !/values/.test(text(floats)), 'version 1');
    for (const [file, from, to, code] of [
      [made.save(), '"version":"2"', '"version":"1"', 'corrupt'],
      [made.save(), '"version":"2"', '"version":"3"', 'version'],
      [floats, '"version":"1"', '"version":"2"', 'corrupt'],
    ] as const) {
      const at = text(file).indexOf(from) + 8;
      const changed = file.slice();
      changed.set(
        Array.from(to, (letter) => letter.charCodeAt(0)),
        at,
      );
      const error = await fails(() => loadCodec(changed), 'FormatError', /version/);
      equal((error as { code?: string }).code, code);
    }
  },
};
