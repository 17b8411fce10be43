// Compression in plain mode, codec files and options.

import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits, sheetSamples } from './assert.ts';

export const SIZE = 20;

/** A codec for samples of 20 values, with a model that was trained for 5 epochs. */
export async function codecFor(isthmus: Isthmus, options: object = { step: 0.05 }) {
  const { autoencoder, dense, fit, createCodec } = isthmus;
  const spec = {
    input: [SIZE],
    encoder: [dense({ units: 8, activation: 'tanh' as const }), dense({ units: 3 })],
    decoder: [dense({ units: 8, activation: 'tanh' as const }), dense({ units: SIZE, activation: 'sigmoid' as const })],
  };
  const model = await autoencoder(spec, { seed: 5 });
  await fit(model, sheetSamples(400, SIZE), { epochs: 5, deterministic: true });
  return { model, codec: await createCodec(model, sheetSamples(400, SIZE), options) };
}

const meanSquaredError = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;

export const compressing: Suite = {
  async 'the plain mode adds little to the reconstruction error and saves most bytes'(isthmus) {
    const { model, codec } = await codecFor(isthmus);
    const x = sheetSamples(1000, SIZE, 3);
    const bytes = codec.compress(x);
    ok(bytes.length < 1000 * 4, `${bytes.length} bytes`);
    const y = codec.decompress(bytes);
    equal([codec.mode, codec.inputShape, y.length], ['plain', [SIZE], x.length]);
    ok(meanSquaredError(x, y) < 1.1 * meanSquaredError(x, model.reconstruct(x)), `${meanSquaredError(x, y)}`);
    sameBits(codec.compress(x), bytes, 'compressed again');
    sameBits(codec.decompress(bytes.buffer), y, 'from a buffer');
    sameBits(codec.decompress(new DataView(bytes.buffer)), y, 'from a view');
  },

  async 'a smaller step gives a smaller error and more bytes'(isthmus) {
    const { model } = await codecFor(isthmus);
    const x = sheetSamples(500, SIZE, 3);
    const sizes: number[] = [];
    const errors: number[] = [];
    for (const step of [1, 0.1, 0.01, 1e-5]) {
      const codec = await isthmus.createCodec(model, sheetSamples(400, SIZE), { step, dtype: 'float32' });
      const bytes = codec.compress(x);
      sizes.push(bytes.length);
      errors.push(meanSquaredError(model.reconstruct(x), codec.decompress(bytes)));
    }
    for (let i = 1; i < 4; i++) ok(sizes[i]! > sizes[i - 1]! && errors[i]! < errors[i - 1]!, `${sizes} ${errors}`);
    ok(errors[3]! < 1e-10, `${errors}`);
  },

  async 'bytes, floats and lists of samples compress to the same bytes'(isthmus) {
    const { codec } = await codecFor(isthmus);
    const pixels = Uint8Array.from(sheetSamples(60, SIZE), (v) => v * 255);
    const floats = Float32Array.from(pixels, (v) => v / 255);
    const bytes = codec.compress(pixels);
    sameBits(codec.compress(floats), bytes, 'floats');
    const list = Array.from({ length: 60 }, (_, i) => floats.slice(i * SIZE, (i + 1) * SIZE));
    sameBits(codec.compress(list), bytes, 'a list');
  },

  async 'a loaded codec writes the same bytes and reads the same values'(isthmus) {
    const { model, codec } = await codecFor(isthmus, { step: 0.05, samplesPerBlock: 16 });
    const x = sheetSamples(100, SIZE, 9);
    const [bytes, file] = [codec.compress(x), codec.save()];
    const y = codec.decompress(bytes);
    model.setWeights({ 'decoder.1.bias': { shape: [SIZE], data: new Float32Array(SIZE).fill(3) } });
    sameBits(codec.decompress(bytes), y, 'after the model has changed');
    for (const source of [file, file.buffer, new Response(file)]) {
      const back = await isthmus.loadCodec(source, { layers: [isthmus.dense] });
      sameBits(back.compress(x), bytes, 'bytes');
      sameBits(back.decompress(bytes), y, 'values');
      sameBits(back.save(), file, 'file');
    }
  },

  async 'the size of a block does not change the decompressed bits, for any layers'(isthmus) {
    const { autoencoder, conv2d, conv2dTranspose, createCodec, dense, flatten, kSparse, layerNormalization } = isthmus;
    const { batchNormalization, reshape, residual, upSampling2d } = isthmus;
    const image = [4, 4, 2];
    const specs = {
      dense: {
        input: [SIZE],
        encoder: [dense({ units: 5 })],
        decoder: [dense({ units: SIZE, activation: 'gelu' as const })],
      },
      sparse: {
        input: [SIZE],
        encoder: [dense({ units: 60 })],
        latent: kSparse({ k: 5 }),
        decoder: [dense({ units: SIZE })],
      },
      convolution: {
        input: image,
        encoder: [
          conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' as const, activation: 'relu' as const }),
          batchNormalization(),
        ],
        decoder: [
          residual({ layers: [conv2d({ filters: 3, kernelSize: 3, padding: 'same' as const })] }),
          conv2dTranspose({
            filters: 2,
            kernelSize: 3,
            strides: 2,
            padding: 'same' as const,
            activation: 'softplus' as const,
          }),
        ],
      },
      mixed: {
        input: image,
        encoder: [flatten(), layerNormalization(), dense({ units: 6, activation: 'swish' as const })],
        decoder: [dense({ units: 8 }), reshape({ targetShape: [2, 2, 2] }), upSampling2d({ size: 2 })],
      },
    };
    for (const [name, spec] of Object.entries(specs)) {
      const model = await autoencoder(spec, { seed: 2 });
      const size = spec.input.reduce((a, b) => a * b, 1);
      const x = numbers(256 * size, 4);
      const alone = await createCodec(model, x, { step: 0.1, dtype: 'int8', samplesPerBlock: 1 });
      const together = await createCodec(model, x, { step: 0.1, dtype: 'int8', samplesPerBlock: 256 });
      const y = together.decompress(together.compress(x));
      sameBits(alone.decompress(alone.compress(x)), y, name);
      const one = together.compress(x.subarray(17 * size, 18 * size));
      sameBits(together.decompress(one), y.subarray(17 * size, 18 * size), `${name}, one`);
    }
  },

  async 'values far from the calibration samples are compressed'(isthmus) {
    const { model } = await codecFor(isthmus);
    const codec = await isthmus.createCodec(model, new Float32Array(SIZE), { step: 0.01, dtype: 'float32' });
    const x = numbers(300 * SIZE, 8).map((v, i) => v * (i % 7 === 0 ? 1e20 : 1));
    const y = codec.decompress(codec.compress(x));
    close(y, model.reconstruct(x), 0.05, 'values');
  },

  async 'codes beyond the largest integer make a codec whose file can be loaded'(isthmus) {
    const { activation, autoencoder, createCodec, loadCodec } = isthmus;
    const model = await autoencoder({ input: [2], encoder: [activation({ activation: 'linear' })], decoder: [] });
    for (const sign of [1, -1]) {
      const x = numbers(80, 3).map((v) => sign * (1e9 + 1e6 * v));
      const codec = await createCodec(model, x, { step: 0.05 });
      const back = await loadCodec(codec.save());
      // Integers of codes are clamped to ±2^29.
      close(back.decompress(codec.compress(x)), new Float32Array(80).fill(sign * 2 ** 29 * 0.05), 1e-6);
    }
  },

  async 'weights have 8 bits unless that raises the error by more than 1 %'(isthmus) {
    const { autoencoder, createCodec, dense, fit } = isthmus;
    const { model, codec } = await codecFor(isthmus);
    const header = (file: Uint8Array): string => new TextDecoder('latin1').decode(file);
    const types = (file: Uint8Array): boolean[] =>
      ['I8', 'F16', '"encoder.0.kernel":{"dtype":"F32"'].map((t) => header(file).includes(t));
    const linear = await autoencoder(
      { input: [4], encoder: [dense({ units: 4 })], decoder: [dense({ units: 4 })] },
      { seed: 1 },
    );
    await fit(linear, numbers(4000), { epochs: 60, deterministic: true });
    // The model has almost no error, so rounded weights raise it by far more than 1 %.
    const exact = await createCodec(linear, numbers(400), { step: 0.001 });
    equal(types(exact.save())[0], false, 'int8 for a model without an error');
    for (const [dtype, expected] of [
      ['int8', [true, false, false]],
      ['float16', [false, true, false]],
      ['float32', [false, false, true]],
    ] as const)
      equal(types((await createCodec(model, sheetSamples(50, SIZE), { step: 0.1, dtype })).save()), expected, dtype);
    ok(codec.save().length < 6000, `${codec.save().length}`);
  },

  async 'a quantized code is compressed with the step of its training by default'(isthmus) {
    const { autoencoder, createCodec, dense, quantized } = isthmus;
    const spec = {
      input: [SIZE],
      encoder: [dense({ units: 4 })],
      latent: quantized({ step: 0.25 }),
      decoder: [dense({ units: SIZE })],
    };
    const model = await autoencoder(spec, { seed: 1 });
    const x = numbers(200 * SIZE, 3);
    const codec = await createCodec(model, x, { dtype: 'float32' });
    sameBits(
      codec.decompress(codec.compress(x)),
      model.reconstruct(x).map((v) => v + 0),
      'reconstructions',
    );
  },

  async 'invalid options and samples are refused'(isthmus) {
    const { autoencoder, createCodec, dense, loadModel, saveModel } = isthmus;
    const { model, codec } = await codecFor(isthmus);
    const x = sheetSamples(10, SIZE);
    const refused = (options: unknown, name: string, message: RegExp): Promise<Error> =>
      fails(() => createCodec(model, x, options as never), name, message);
    await refused(
      {},
      'TypeError',
      /"options" expected one of maxError, relativeError, psnr, step, lossless, got "none"/,
    );
    await refused({ step: 1, maxError: 1 }, 'TypeError', /got "maxError and step"/);
    await refused({ steps: 1 }, 'TypeError', /no other options/);
    const adder = await autoencoder({ input: [2], encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] });
    adder.setWeights({ 'encoder.0.kernel': { shape: [2, 1], data: Float32Array.of(1, 1) } });
    const large = new Float32Array(20).fill(3e38);
    const far = () => createCodec(adder, large, { step: 1 });
    await fails(far, 'RangeError', /"calibrationSamples" expected samples whose codes are finite/);
    const near = await createCodec(adder, large, { maxError: 0.1 });
    sameBits(near.decompress(near.compress(large)), large, 'with a bound, codes may be infinite');
    await refused({ step: 0 }, 'RangeError', /"step" expected a number above 0, got 0/);
    await refused({ step: 1e-40 }, 'RangeError', /"step" expected/);
    await refused({ step: '1' }, 'TypeError', /"step"/);
    await refused({ maxError: -1 }, 'RangeError', /"maxError" expected a number above 0, got -1/);
    await refused({ relativeError: 1 }, 'RangeError', /"relativeError" expected a number in \(0, 1\), got 1/);
    await refused({ psnr: Number.NaN }, 'RangeError', /"psnr"/);
    await refused({ lossless: false }, 'RangeError', /"lossless" expected true or nothing/);
    await refused({ step: 1, dtype: 'int4' }, 'RangeError', /"dtype" expected one of float32/);
    await refused(
      { step: 1, samplesPerBlock: 0 },
      'RangeError',
      /"samplesPerBlock" expected integer 1\.\.65535, got 0/,
    );
    await fails(() => createCodec({} as never, x, { step: 1 }), 'TypeError', /"model" expected a model made by/);
    await fails(
      () => createCodec(model, new Float32Array(7), { step: 1 }),
      'RangeError',
      /"calibrationSamples" expected a multiple/,
    );
    const half = await loadModel(saveModel(model, { part: 'encoder' }));
    await fails(() => createCodec(half, x, { step: 1 }), 'RangeError', /one with a decoder/);
    await fails(() => codec.compress(new Float32Array(SIZE + 1)), 'RangeError', /a multiple of 20/);
    await fails(() => codec.compress(new Float32Array(0)), 'RangeError', /at least one sample/);
    await fails(() => codec.compress(new Float32Array(SIZE).fill(Number.NaN)), 'RangeError', /finite numbers, got NaN/);
    await fails(() => codec.compress('x' as never), 'TypeError', /"x" expected Float32Array/);
    await fails(() => codec.decompress('x' as never), 'TypeError', /"bytes" expected an ArrayBuffer/);
    await fails(() => codec.decompress(codec.compress(x), { onDamage: 1 } as never), 'TypeError', /"onDamage"/);
    const other = await autoencoder(
      { input: [SIZE], encoder: [dense({ units: 3 })], decoder: [dense({ units: SIZE })] },
      { seed: 1 },
    );
    const error = await fails(
      async () => (await createCodec(other, x, { step: 1 })).decompress(codec.compress(x)),
      'FormatError',
      /expected data of codec [0-9a-f]{8}, \[20\], got [0-9a-f]{8}, \[20\]/,
    );
    equal((error as { code?: string }).code, 'model');
  },
};
