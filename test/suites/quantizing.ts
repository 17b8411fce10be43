import { equal, fails, type Isthmus, ok, type Suite, sheetSamples } from './assert.ts';
import { digest } from './compressed-data.ts';

const SIDE = 8;
const x = sheetSamples(128, SIDE * SIDE);

/** A model with all layers that have an 8-bit form, with others between them. */
const build = (i: Isthmus) =>
  i.autoencoder(
    {
      input: [SIDE, SIDE, 1],
      encoder: [
        i.conv2d({ filters: 12, kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
        i.batchNormalization(),
        i.activation({ activation: 'relu' }),
        i.separableConv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'tanh' }),
        i.maxPooling2d(),
        i.flatten(),
        i.dense({ units: 9, activation: 'relu' }),
      ],
      decoder: [
        i.dense({ units: 64, activation: 'relu' }),
        i.reshape({ targetShape: [4, 4, 4] }),
        i.residual({ layers: [i.depthwiseConv2d({ kernelSize: 3, padding: 'same' })] }),
        i.conv2dTranspose({ filters: 6, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
        i.conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
      ],
    },
    { seed: 3 },
  );

/** Digests computed by Node 26 on x86-64; every runtime must compute the same. */
const expected = {
  model: '1f2f174d5ce66cdc44f491b6b195edbbd14316b01597060e500015671a79ff55',
  code: '26bdeaa227ea2437569b825aec0a7dc5adc5b0df35a26b611d065655db68f2ce',
  reconstruction: '818d388554adfd24da023160973dedbac379950be0ef045094e2143b49338829',
};

export const quantizing: Suite = {
  async 'a quantized model has the same bits as on every other runtime'(i) {
    const model = await build(i);
    await i.fit(model, x, { epochs: 2, deterministic: true });
    const small = await i.quantize(model, x);
    const found = {
      model: await digest(i.saveModel(small)),
      code: await digest(small.encode(x)),
      reconstruction: await digest(small.reconstruct(x)),
    };
    equal(found, expected, 'digests');
  },

  async 'a quantized model is close to its model, in a file of its own, and gives the same bits after loading'(i) {
    const model = await build(i);
    const small = await i.quantize(model, x);
    const types = [...small.spec.encoder, ...small.spec.decoder!].map(({ type }) => type).join(' ');
    equal(
      types,
      'quantizedConv2d quantizedDepthwiseConv2d quantizedConv2d maxPooling2d flatten quantizedDense quantizedDense reshape residual quantizedConv2dTranspose quantizedConv2d',
      'layers',
    );
    const y = small.reconstruct(x);
    equal(small.decode(small.encode(x)), y, 'decode(encode(x))');
    equal(small.reconstruct(x.slice(0, SIDE * SIDE)), y.slice(0, SIDE * SIDE), 'one sample alone');
    const original = model.reconstruct(x);
    ok(Math.max(...y.map((value, at) => Math.abs(value - original[at]!))) < 0.02, 'outputs within 0.02');
    for (const dtype of ['float32', 'float16', 'int8'] as const) {
      const loaded = await i.loadModel(i.saveModel(small, { dtype }));
      equal(loaded.reconstruct(x), y, `saved as ${dtype}`);
    }
    equal(i.saveModel(await i.loadModel(i.saveModel(small))), i.saveModel(small), 'file of the loaded model');
  },

  async 'the error of a quantized model does not depend on the scale of its samples'(i) {
    const spec = { input: [64], encoder: [i.dense({ units: 16 })], decoder: [i.dense({ units: 64 })] };
    const model = await i.autoencoder(spec, { seed: 1 });
    for (const scale of [1e-6, 0.004, 0.2, 1, 300]) {
      const scaled = x.map((value) => value * scale);
      const expected = model.encode(scaled);
      const codes = (await i.quantize(model, scaled)).encode(scaled);
      const error = Math.hypot(...codes.map((value, at) => value - expected[at]!)) / Math.hypot(...expected);
      ok(error < 0.02, `samples times ${scale}: relative error ${error}`);
    }
    const dark = Uint8Array.from(x, (value) => value * 3);
    const inputs = (await i.quantize(model, dark)).weights['encoder.0.input']!.data;
    equal([...inputs], [Math.fround(1 / 255), 0], 'the integers of bytes are the bytes');
  },

  async 'a quantized model works in a codec, in a detector and in evaluate'(i) {
    const small = await i.quantize(await build(i), x);
    const codec = await i.createCodec(small, x, { maxError: 0.01 });
    const bytes = codec.compress(x);
    const restored = (await i.loadCodec(codec.save())).decompress(bytes);
    ok(Math.max(...restored.map((value, at) => Math.abs(value - x[at]!))) <= 0.01, 'bound');
    const detector = await i.anomalyDetector(small, x);
    equal((await i.loadDetector(detector.save())).score(x), detector.score(x), 'scores');
    ok(i.evaluate(small, x).meanSquaredError > 0, 'evaluate');
  },

  async 'quantize refuses other arguments, and a quantized model refuses training'(i) {
    const model = await build(i);
    const small = await i.quantize(model, x);
    const nan = x.slice();
    nan[7] = Number.NaN;
    await fails(() => i.quantize(model, nan), 'RangeError', /^"calibration" expected finite numbers, got/);
    const dense = {
      input: [64],
      encoder: [i.dense({ units: 9 }), i.dense({ units: 2 })],
      decoder: [i.dense({ units: 64 })],
    };
    const overflowing = await i.autoencoder(dense, { seed: 1 });
    const huge = new Float32Array(64).fill(3e38);
    await fails(
      () => i.quantize(overflowing, huge),
      'RangeError',
      /^"calibration" expected samples with finite outputs of all layers, got others in front of encoder\.1$/,
    );
    await fails(() => i.quantize(model, x.slice(1)), 'RangeError', /^"calibration" expected a multiple of 64 values/);
    await fails(() => i.quantize({} as never, x), 'TypeError', /^"model" expected a model made by autoencoder\(\)/);
    await fails(
      () => i.quantize(small, x),
      'RangeError',
      /^"model" expected one with float weights, got a quantized model/,
    );
    const pooling = { input: [4, 4, 1], encoder: [i.maxPooling2d()], decoder: [i.upSampling2d()] };
    const without = await i.autoencoder(pooling);
    await fails(() => i.quantize(without, x), 'RangeError', /^"model" expected one with a layer of type dense, conv1d/);
    const refusal = /^"model" expected one that can be trained, got a quantized model$/;
    await fails(() => i.fit(small, x), 'RangeError', refusal);
    await fails(() => i.addHead(small, [i.dense({ units: 2 })]), 'RangeError', refusal);
    await fails(() => i.saveCheckpoint(small), 'RangeError', /^"model" expected one that fit has trained/);
    const stop = (done: number): void => {
      if (done > 0.2) throw new Error('stopped');
    };
    await fails(() => i.quantize(model, x, { onProgress: stop }), 'Error', /^stopped/);
    const fractions: number[] = [];
    await i.quantize(model, x, { onProgress: (done) => fractions.push(done) });
    ok(fractions.at(-1) === 1 && fractions.every((done, at) => at === 0 || done >= fractions[at - 1]!), 'progress');
  },

  async 'a quantized model of a file whose kernel is not of integers is refused'(i) {
    const spec = { input: [4], encoder: [i.dense({ units: 2 })], decoder: [i.dense({ units: 4 })] };
    const small = await i.quantize(await i.autoencoder(spec, { seed: 1 }), x.slice(0, 64));
    const { tensors, metadata } = i.readSafetensors(i.saveModel(small));
    equal(tensors['encoder.0.kernel']!.dtype, 'I8', 'type of the kernel');
    equal(tensors['encoder.0.kernel.scale']!.shape, [2], 'shape of the scale');
    const rewrite = (data: ArrayBufferView) =>
      i.writeSafetensors({ ...tensors, 'encoder.0.kernel': { shape: [4, 2], data } }, metadata);
    await fails(
      () => i.loadModel(rewrite(new Float32Array(8))),
      'FormatError',
      /^"encoder\.0\.kernel" expected one of I8, got/,
    );
    await fails(() => i.loadModel(rewrite(new Int8Array(8).fill(-128))), 'FormatError', /^"model" expected a spec/);
  },
};
