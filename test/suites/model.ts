import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';

const build = ({ autoencoder, dense }: Isthmus, seed = 1) =>
  autoencoder(
    {
      input: [13],
      encoder: [dense({ units: 9, activation: 'tanh' }), dense({ units: 5 })],
      decoder: [dense({ units: 13, activation: 'sigmoid' })],
    },
    { seed },
  );

export const model: Suite = {
  async 'a model has the shapes, the parameter count and the summary of its spec'(isthmus) {
    const m = await build(isthmus);
    equal(m.inputShape, [13]);
    equal(m.latentShape, [5]);
    equal(m.parameterCount, 13 * 9 + 9 + 9 * 5 + 5 + 5 * 13 + 13);
    ok(/encoder\.1 +dense +\[5\] +50/.test(m.summary()), m.summary());
    equal(
      Object.keys(m.weights).join(),
      'encoder.0.kernel,encoder.0.bias,encoder.1.kernel,encoder.1.bias,decoder.0.kernel,decoder.0.bias',
    );
  },

  async 'a call gives the bits of a new model after other calls, more samples and training'(i) {
    const build = () =>
      i.autoencoder(
        {
          input: [4, 4, 2],
          encoder: [
            i.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' }),
            i.flatten(),
            i.dense({ units: 40, activation: 'relu' }),
          ],
          latent: i.kSparse({ k: 3 }),
          decoder: [i.dense({ units: 32, activation: 'sigmoid' }), i.reshape({ targetShape: [4, 4, 2] })],
        },
        { seed: 5 },
      );
    const model = await build();
    const floats = numbers(200 * 40).map(Math.abs);
    const bytes = Uint8Array.from(floats, (value) => value * 255);
    const compareAll = async (): Promise<void> => {
      const { weights } = model;
      for (const count of [1, 2, 200, 1, 129, 3, 1])
        for (const x of [floats, bytes, floats])
          for (const name of ['encode', 'decode', 'reconstruct', 'predict'] as const) {
            const fresh = await build();
            fresh.setWeights(weights);
            const samples = x.subarray(0, count * (name === 'decode' ? 40 : 32));
            sameBits(model[name](samples), fresh[name](samples), `${name} of ${count}`);
          }
    };
    await compareAll();
    for (const optimizer of [i.adam(), i.sgd()]) {
      await i.fit(model, floats.subarray(0, 64 * 32), { batchSize: 16, optimizer, seed: 1 });
      await compareAll();
    }
    const during: Float32Array[] = [];
    const one = floats.subarray(0, 32);
    await i.fit(model, floats.subarray(0, 64 * 32), {
      epochs: 2,
      seed: 1,
      onEpochEnd: () => void during.push(model.encode(one)),
    });
    sameBits(during[1]!, model.encode(one), 'after the last epoch');
  },

  async 'outputs equal a float64 computation with the weights to 1e-5'(isthmus) {
    const m = await build(isthmus);
    const w = m.weights;
    const x = numbers(7 * 13);
    const layer = (input: number[], rows: number, name: string, f: (v: number) => number): number[] => {
      const { shape, data } = w[`${name}.kernel`]!;
      const [n, units] = shape as [number, number];
      const out: number[] = [];
      for (let r = 0; r < rows; r++) {
        for (let u = 0; u < units; u++) {
          let sum = w[`${name}.bias`]!.data[u]!;
          for (let i = 0; i < n; i++) sum += input[r * n + i]! * data[i * units + u]!;
          out.push(f(sum));
        }
      }
      return out;
    };
    const code = layer(layer([...x], 7, 'encoder.0', Math.tanh), 7, 'encoder.1', (v) => v);
    close(m.encode(x), code, 1e-5, 'encode');
    const y = layer(code, 7, 'decoder.0', (v) => 1 / (1 + Math.exp(-v)));
    close(m.reconstruct(x), y, 1e-5, 'reconstruct');
  },

  async 'reconstruct equals decode(encode(x)) to the bit'(isthmus) {
    const m = await build(isthmus);
    const x = numbers(300 * 13);
    sameBits(m.reconstruct(x), m.decode(m.encode(x)));
  },

  async 'a sample has the same outputs to the bit alone and in any batch'(isthmus) {
    const m = await build(isthmus);
    const x = numbers(200 * 13);
    const all = m.encode(x);
    for (const n of [1, 2, 3, 5, 7, 33])
      sameBits(m.encode(x.subarray(0, n * 13)), all.subarray(0, n * 5), `batch of ${n}`);
  },

  async 'bytes are read as value / 255, all 256 of them, to the bit'(isthmus) {
    const { autoencoder, dense } = isthmus;
    const m = await autoencoder({ input: [1], encoder: [dense({ units: 1 })], decoder: [dense({ units: 1 })] });
    m.setWeights({ 'encoder.0.kernel': { shape: [1, 1], data: Float32Array.of(1) } });
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    sameBits(
      m.encode(bytes),
      Float32Array.from(bytes, (v) => v / 255),
    );
    sameBits(m.encode(new Uint8ClampedArray(bytes)), m.encode(bytes), 'clamped');
  },

  async 'a list of samples is read like one flat array'(isthmus) {
    const m = await build(isthmus);
    const x = numbers(4 * 13);
    const list = [0, 1, 2, 3].map((i) => x.slice(i * 13, i * 13 + 13));
    sameBits(m.encode(list), m.encode(x));
  },

  async 'dense acts on the last axis of inputs with several axes'({ autoencoder, dense }) {
    const m = await autoencoder({
      input: [3, 4],
      encoder: [dense({ units: 2 })],
      decoder: [dense({ units: 4, activation: 'softmax' })],
    });
    equal(m.latentShape, [3, 2]);
    const y = m.reconstruct(numbers(5 * 12));
    for (let r = 0; r < 15; r++) {
      const sum = y[4 * r]! + y[4 * r + 1]! + y[4 * r + 2]! + y[4 * r + 3]!;
      close([sum], [1], 1e-6, 'softmax row');
    }
  },

  async 'the seed determines the weights, and models without a seed differ'(isthmus) {
    const [a, b, c] = [await build(isthmus, 5), await build(isthmus, 5), await build(isthmus, 6)];
    sameBits(a.weights['encoder.0.kernel']!.data, b.weights['encoder.0.kernel']!.data);
    ok(
      a.weights['encoder.0.kernel']!.data[0] !== c.weights['encoder.0.kernel']!.data[0],
      'another seed, other weights',
    );
    const { autoencoder, dense } = isthmus;
    const bare = { input: [2], encoder: [dense({ units: 2 })], decoder: [dense({ units: 2 })] };
    const [a1, a2] = [await autoencoder(bare), await autoencoder(bare)];
    ok(a1.seed !== a2.seed, 'two models without a seed');
  },

  async 'initial weights are within the limits of their initializer and cover the range'({ autoencoder, dense }) {
    for (const [kernelInitializer, fan] of [
      ['glorotUniform', (300 + 100) / 2],
      ['heUniform', 150],
      ['lecunUniform', 300],
    ] as const) {
      const spec = {
        input: [300],
        encoder: [dense({ units: 100, kernelInitializer })],
        decoder: [dense({ units: 300 })],
      };
      const { data } = (await autoencoder(spec, { seed: 3 })).weights['encoder.0.kernel']!;
      const variance = data.reduce((sum, v) => sum + v * v, 0) / data.length;
      close([variance * fan], [1], 0.03, `variance of ${kernelInitializer}`);
      const limit = Math.sqrt(3 / fan);
      ok(
        data.every((v) => Math.abs(v) <= limit),
        `limit of ${kernelInitializer}`,
      );
    }
  },

  async 'setWeights restores the values of weights, and an invalid call changes nothing'(isthmus) {
    const m = await build(isthmus);
    const other = await build(isthmus, 2);
    other.setWeights(m.weights);
    sameBits(other.encode(numbers(13)), m.encode(numbers(13)));
    const before = m.weights['encoder.0.bias']!.data;
    const bias = { shape: [9], data: new Float32Array(9).fill(1) };
    await fails(
      () => m.setWeights({ 'encoder.0.bias': bias, nope: bias }),
      'RangeError',
      /"weights" expected names among .*got "nope"/,
    );
    await fails(
      () => m.setWeights({ 'encoder.0.bias': { shape: [8], data: bias.data } }),
      'RangeError',
      /shape" expected \[9\]/,
    );
    await fails(
      () => m.setWeights({ 'encoder.0.bias': { shape: [9], data: new Float32Array(3) } }),
      'RangeError',
      /9 values/,
    );
    const nan = { shape: [9], data: new Float32Array(9).fill(Number.NaN) };
    await fails(() => m.setWeights({ 'encoder.0.bias': nan }), 'RangeError', /finite number, got NaN/);
    for (const shape of [5, undefined, 'x'])
      await fails(
        () => m.setWeights({ 'encoder.0.bias': { shape: shape as never, data: bias.data } }),
        'RangeError',
        /shape" expected \[9\]/,
      );
    sameBits(m.weights['encoder.0.bias']!.data, before);
  },

  async 'invalid samples are refused with the expected and the actual value'(isthmus) {
    const m = await build(isthmus);
    await fails(
      () => m.encode(new Float32Array(12)),
      'RangeError',
      /"x" expected a multiple of 13 values.*got Float32Array\(12\)/,
    );
    await fails(() => m.encode(new Float32Array(0)), 'RangeError', /at least one sample of \[13\]/);
    await fails(() => m.encode([]), 'RangeError', /at least one sample/);
    await fails(() => m.encode([new Float32Array(12)]), 'RangeError', /"x\[0\]" expected 13 values/);
    await fails(() => m.decode(new Float32Array(4)), 'RangeError', /"z" expected a multiple of 5/);
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (let at = 0; at < 39; at++) {
        const x = numbers(39);
        x[at] = bad;
        const position = `in sample ${Math.floor(at / 13)}, value ${at % 13}`;
        await fails(
          () => m.reconstruct(x),
          'RangeError',
          new RegExp(`expected finite numbers, got ${bad} ${position}`),
        );
      }
    }
    const opposite = numbers(39);
    opposite.set([Infinity, -Infinity], 30);
    await fails(() => m.reconstruct(opposite), 'RangeError', /got Infinity in sample 2, value 4/);
    equal(m.encode(new Float32Array(39).fill(-(2 - 2 ** -23) * 2 ** 127)).length, 15, 'the largest numbers are finite');
    for (const bad of [[1, 2], new Float64Array(13), 'x', null, undefined, 5]) {
      await fails(() => m.encode(bad as unknown as Float32Array), 'TypeError', /"x(\[0\])?" expected/);
    }
    sameBits(m.encode(numbers(13)), m.encode(numbers(13)), 'the model is as before');
  },

  async 'a model of very many layers runs and trains'({ autoencoder, dense, dropout, fit }) {
    const many = Array.from({ length: 70_000 }, () => dropout({ rate: 0 }));
    const m = await autoencoder({
      input: [2],
      encoder: [...many, dense({ units: 1 })],
      decoder: [dense({ units: 2 })],
    });
    equal(m.encode(new Float32Array(4)).length, 2);
    equal((await fit(m, new Float32Array(4))).epoch, 1);
  },

  async 'invalid specs are refused before a model is built'({ autoencoder, dense, dropout, gaussianNoise }) {
    const good = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
    const spec = (change: object) => () => autoencoder({ ...good, ...change } as typeof good);
    await fails(() => dense({ units: 0 }), 'RangeError', /"dense.units" expected integer 1\.\.16777216, got 0/);
    await fails(() => dense({ units: 1e9 }), 'RangeError', /expected integer 1\.\.16777216, got 1000000000/);
    await fails(() => dense({ units: 2.5 }), 'RangeError', /expected integer/);
    await fails(() => dense({ units: '3' as unknown as number }), 'TypeError', /expected integer.*got "3"/);
    await fails(() => dense({ unit: 3 } as unknown as { units: number }), 'TypeError', /no other options.*got "unit"/);
    await fails(
      () => dense({ units: 3, activation: 'rleu' as 'relu' }),
      'RangeError',
      /expected one of linear, relu.*got "rleu"/,
    );
    await fails(() => dense({ units: 3, l2: -1 }), 'RangeError', /"dense.l2" expected a number of at least 0, got -1/);
    await fails(() => dropout({ rate: 1 }), 'RangeError', /\[0, 1\), got 1/);
    await fails(() => gaussianNoise({ stddev: 0 }), 'RangeError', /above 0, got 0/);
    await fails(() => gaussianNoise({ stddev: 1, clip: [1, 0] }), 'RangeError', /a lower and a higher/);
    await fails(
      spec({ decoder: [dense({ units: 5 })] }),
      'RangeError',
      /"decoder" expected to end in the input's shape \[4\], got \[5\]/,
    );
    await fails(spec({ input: [0] }), 'RangeError', /"input" expected integer 1/);
    await fails(spec({ input: [] }), 'TypeError', /"input" expected a shape/);
    await fails(spec({ input: [65536, 65536] }), 'RangeError', /at most 268435456 values/);
    await fails(spec({ encoder: [] }), 'RangeError', /"encoder" expected at least one layer/);
    await fails(
      spec({ encoder: [{ type: 'dense', units: 3 }] }),
      'TypeError',
      /"encoder\[0\]" expected a layer made by a factory/,
    );
    await fails(spec({ laten: 3 }), 'TypeError', /no other options/);
    await fails(spec({ latent: 3 }), 'TypeError', /"latent" expected a bottleneck such as variational\(\), got 3/);
    await fails(spec({ latent: dense({ units: 3 }) }), 'RangeError', /"latent" expected a bottleneck.*got "dense"/);
    await fails(spec({ loss: 'mse' }), 'RangeError', /"spec.loss" expected one of/);
    await fails(spec({ corruption: dense({ units: 4 }) }), 'RangeError', /expected a noise/);
    await fails(() => autoencoder(good, { seed: -1 }), 'RangeError', /"seed" expected integer 0/);
    const huge = { input: [2 ** 20], encoder: [dense({ units: 2 ** 20 })], decoder: [dense({ units: 2 ** 20 })] };
    await fails(
      () => autoencoder(huge),
      'RangeError',
      /"encoder\[0\]" expected to need at most 4 GB of memory, got 4096\.0 GB/,
    );
  },
};
