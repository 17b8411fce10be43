// Recurrent layers in the public API.

import type { Layer } from 'isthmus';
import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';
import { digest } from './compressed-data.ts';
import { kerasGru } from './keras-gru.ts';

/** The same multiples of 1/64 as in test/golden/keras-gru.py. */
const multiples = (count: number, seed: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => (((i * 37 + seed * 101) % 127) - 63) / 64);

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Series of `time` values that rise from 0 to 1 and fall back to 0, or the reverse, at random times. */
function pulses(count: number, time: number, seed: number): Float32Array<ArrayBuffer> {
  const at = numbers(2 * count, seed).map((v) => Math.floor(((v + 1) / 2) * time));
  return Float32Array.from({ length: count * time }, (_, i) => {
    const [n, t] = [Math.floor(i / time), i % time];
    return Number(t >= at[2 * n]!) - Number(t >= at[2 * n + 1]!);
  });
}

/** A model with these encoding layers, and a decoder for the input's shape. */
const withEncoder = (i: Isthmus, input: readonly number[], encoder: readonly Layer[], seed = 4) =>
  i.autoencoder(
    { input, encoder, decoder: [i.flatten(), i.dense({ units: sizeOf(input) }), i.reshape({ targetShape: input })] },
    { seed },
  );

/** A sequence autoencoder: the code is repeated for each time step. */
const sequences = (i: Isthmus, time: number, code: number, units: number) =>
  i.autoencoder(
    {
      input: [time, 1],
      encoder: [i.gru({ units }), i.dense({ units: code })],
      decoder: [
        i.reshape({ targetShape: [1, code] }),
        i.upSampling1d({ size: time }),
        i.gru({ units, returnSequences: true }),
        i.dense({ units: 1 }),
      ],
    },
    { seed: 1 },
  );

export const recurrent: Suite = {
  async 'gru gives the outputs, the loss and the gradients of Keras'(i) {
    for (const { resetAfter, goBackwards, y, loss, gradients } of kerasGru) {
      const m = await i.autoencoder({
        input: [5, 3],
        encoder: [i.gru({ units: 4, resetAfter, returnSequences: true, goBackwards }), i.gru({ units: 2, resetAfter })],
        decoder: [
          i.reshape({ targetShape: [1, 2] }),
          i.upSampling1d({ size: 5 }),
          i.gru({ units: 3, resetAfter, returnSequences: true }),
        ],
      });
      const weights = Object.entries(m.weights).map(
        ([path, { shape }], k) => [path, { shape, data: multiples(sizeOf(shape), k) }] as const,
      );
      m.setWeights(Object.fromEntries(weights));
      const x = multiples(4 * 5 * 3, 10);
      close(m.reconstruct(x), y, 1e-6, 'outputs');
      // A step of plain gradient descent of rate 1 subtracts the gradient.
      const targets = multiples(y.length, 11);
      const history = await i.fit(m, x, { targets, optimizer: i.sgd(1), batchSize: 4, deterministic: true });
      close([history.loss[0]!], [loss], 1e-6, 'loss');
      weights.forEach(([path, { data }], k) => {
        const after = m.weights[path]!.data;
        const gradient = data.map((w, j) => w - after[j]!);
        close(gradient, gradients[k]!, 1e-6, `resetAfter ${resetAfter}, gradient of ${path}`);
      });
    }
  },

  async 'a sequence has the same outputs to the bit alone and in any batch'(i) {
    // With 600 steps of 8 units the layer processes 18 samples at once.
    for (const [time, units] of [[1, 3], [7, 5], [600, 8]] as const) // biome-ignore format: pairs
      for (const resetAfter of [true, false])
        for (const returnSequences of [true, false]) {
          const layer = i.gru({ units, resetAfter, returnSequences });
          const m = await withEncoder(i, [time, 2], [layer]);
          const x = numbers(33 * time * 2, 5);
          const all = m.encode(x);
          const size = all.length / 33;
          for (const n of [0, 17, 18, 32]) {
            const one = m.encode(x.subarray(n * time * 2, (n + 1) * time * 2));
            sameBits(one, all.subarray(n * size, (n + 1) * size), `time ${time}, sample ${n}`);
          }
        }
  },

  async 'a gru with goBackwards reads the time steps from the end'(i) {
    const [time, features] = [6, 2];
    const x = numbers(4 * time * features, 6);
    const reversed = x.map((_, k) => {
      const n = Math.floor(k / (time * features));
      const t = Math.floor(k / features) % time;
      return x[(n * time + time - 1 - t) * features + (k % features)]!;
    });
    for (const returnSequences of [true, false]) {
      const build = (goBackwards: boolean) =>
        withEncoder(i, [time, features], [i.gru({ units: 3, goBackwards, returnSequences })]);
      sameBits((await build(true)).encode(x), (await build(false)).encode(reversed));
    }
  },

  async 'the recurrent kernel is initialized with orthonormal rows from the seed'(i) {
    const start = async (units: number, seed: number) =>
      (await withEncoder(i, [2, 1], [i.gru({ units })], seed)).weights['encoder.0.recurrentKernel']!;
    for (const units of [1, 2, 7, 40]) {
      const { shape, data } = await start(units, 3);
      equal(shape, [units, 3 * units]);
      for (let a = 0; a < units; a++)
        for (let b = 0; b <= a; b++) {
          let dot = 0;
          for (let j = 0; j < 3 * units; j++) dot += data[a * 3 * units + j]! * data[b * 3 * units + j]!;
          ok(Math.abs(dot - Number(a === b)) < 1e-6, `${units} units: row ${a} · row ${b} is ${dot}`);
        }
      sameBits((await start(units, 3)).data, data, 'the same seed');
      ok(
        (await start(units, 4)).data.some((v, j) => v !== data[j]),
        'another seed gives another kernel',
      );
    }
  },

  async 'a sequence autoencoder learns pulses better than a dense one with the same code and more parameters'(i) {
    const [time, code] = [16, 3];
    const [x, y] = [pulses(200, time, 1), pulses(200, time, 2)];
    const m = await sequences(i, time, code, 16);
    const dense = await i.autoencoder(
      {
        input: [time, 1],
        encoder: [i.flatten(), i.dense({ units: 64, activation: 'tanh' }), i.dense({ units: code })],
        decoder: [
          i.dense({ units: 64, activation: 'tanh' }),
          i.dense({ units: time }),
          i.reshape({ targetShape: [time, 1] }),
        ],
      },
      { seed: 1 },
    );
    ok(m.parameterCount < dense.parameterCount, `${m.parameterCount} and ${dense.parameterCount} parameters`);
    const losses: number[] = [];
    for (const model of [m, dense]) {
      await i.fit(model, x, { epochs: 150, batchSize: 20, optimizer: i.adam(0.01), clipNorm: 1, deterministic: true });
      losses.push((await i.evaluate(model, y)).loss);
    }
    ok(losses[0]! < 0.6 * losses[1]!, `losses of new pulses: ${losses}`);
  },

  async 'recurrent models train, save and load with the same bits on each runtime'(i) {
    const m = await sequences(i, 9, 2, 5);
    const x = pulses(50, 9, 3);
    await i.fit(m, x, { epochs: 3, batchSize: 8, optimizer: i.adamw(), deterministic: true });
    const file = i.saveModel(m);
    const loaded = await i.loadModel(file);
    equal(loaded.spec, m.spec);
    sameBits(loaded.reconstruct(x), m.reconstruct(x), 'reconstructions');
    // Written by Node 26 on x86-64.
    equal(await digest(file), 'd47bd919fa113dc54125bfb6c02efe422487d05b27a21c411bdee084fa5ad614');
  },

  async 'gru refuses invalid options and input shapes'(i) {
    await fails(() => i.gru({ units: 0 }), 'RangeError', /"gru.units" expected integer 1\.\.16777216, got 0/);
    const activation = /"gru.activation" expected one of tanh, got "relu"/;
    await fails(() => i.gru({ units: 2, activation: 'relu' as never }), 'RangeError', activation);
    const recurrentActivation = /"gru.recurrentActivation" expected one of sigmoid, got "hardSigmoid"/;
    await fails(
      () => i.gru({ units: 2, recurrentActivation: 'hardSigmoid' as never }),
      'RangeError',
      recurrentActivation,
    );
    const initializer = /"gru.recurrentInitializer" expected one of orthogonal, glorotUniform/;
    await fails(() => i.gru({ units: 2, recurrentInitializer: 'zeros' as never }), 'RangeError', initializer);
    await fails(
      () => i.gru({ units: 2, returnSequences: 1 as never }),
      'TypeError',
      /"gru.returnSequences" expected a/,
    );
    await fails(
      () => i.gru({ units: 2, stateful: true } as never),
      'TypeError',
      /expected no other options than .*, got/,
    );
    const shape = /"encoder\[0\]" expected an input of \[time, features\], got \[4\]/;
    await fails(() => withEncoder(i, [4], [i.gru({ units: 2 })]), 'RangeError', shape);
    i.gru({ units: 2, activation: 'tanh', recurrentActivation: 'sigmoid', recurrentInitializer: 'heUniform' });
  },
};
