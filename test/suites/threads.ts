import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';
import { randomPicture } from './windows.ts';

/** A network of convolutions, one of dense layers with a bottleneck, and one that ends in the unit of its data. */
const models = async (i: Isthmus) => ({
  convolutions: await i.autoencoder(
    {
      input: [12, 12, 1],
      encoder: [i.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })],
      decoder: [i.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' })],
    },
    { seed: 1 },
  ),
  variational: await i.autoencoder(
    {
      input: [12],
      encoder: [i.dense({ units: 7, activation: 'tanh' })],
      latent: i.variational({ units: 3 }),
      decoder: [i.dense({ units: 12, activation: 'sigmoid' })],
      loss: 'binaryCrossentropy',
    },
    { seed: 2 },
  ),
  skips: await i.autoencoder(
    {
      input: [12],
      encoder: [
        i.normalization(),
        i.residual({ layers: [i.dense({ units: 12, activation: 'gelu' }), i.dropout({ rate: 0.5 })] }),
      ],
      latent: i.kSparse({ k: 5 }),
      decoder: [i.dense({ units: 12 }), i.normalization({ invert: true })],
    },
    { seed: 3 },
  ),
});

const samplesOf = (count: number, size: number) => ({
  floats: numbers(count * size, 5).map((v) => Math.abs(v) % 1),
  bytes: Uint8Array.from(numbers(count * size, 6), (v) => 255 * Math.abs(v)),
});

/** The option `threads`. Runtimes without workers compute in one thread. */
export const threads: Suite = {
  async 'any number of threads gives the bits of one'(isthmus) {
    for (const [name, model] of Object.entries(await models(isthmus))) {
      const size = model.inputShape.reduce((product, n) => product * n, 1);
      for (const count of [1, 2, 700])
        for (const [type, x] of Object.entries(samplesOf(count, size)))
          for (const number of [1, 2, 3, 'auto'] as const) {
            const title = `${name}, ${count} samples of ${type}, threads ${number}`;
            const options = { threads: number };
            const code = model.encode(x);
            sameBits(await model.encode(x, options), code, title);
            sameBits(await model.decode(code, options), model.decode(code), title);
            sameBits(await model.reconstruct(x, options), model.reconstruct(x), title);
            sameBits(await model.predict(x, options), model.predict(x), title);
          }
    }
  },

  async 'losses are equal to the last bit'(isthmus) {
    for (const [name, model] of Object.entries(await models(isthmus))) {
      const size = model.inputShape.reduce((product, n) => product * n, 1);
      const { floats, bytes } = samplesOf(700, size);
      for (const [x, targets] of [[floats, undefined], [floats, bytes], [bytes, floats], [bytes, bytes.slice()]] as const) {
        const options = { ...(targets && { targets }), draws: 3 };
        const expected = isthmus.evaluate(model, x, options);
        equal(await isthmus.evaluate(model, x, { ...options, threads: 2 }), expected, name);
        equal(await isthmus.evaluate(model, x, { ...options, signal: new AbortController().signal }), expected, name);
      } // biome-ignore format: a list
    }
  },

  async 'a classifier has the same accuracy'(isthmus) {
    const { addHead, dense, evaluate } = isthmus;
    const { variational } = await models(isthmus);
    const head = await addHead(variational, [dense({ units: 4, activation: 'softmax' })], { seed: 1 });
    const { floats } = samplesOf(700, 12);
    const labels = Uint8Array.from({ length: 700 }, (_, n) => n % 4);
    equal(await evaluate(head, floats, { labels, threads: 2 }), evaluate(head, floats, { labels }));
  },

  async 'a picture is cleaned to the same bits'(isthmus) {
    const { convolutions: model } = await models(isthmus);
    for (const [width, height, depth] of [[5, 9, 1], [70, 45, 1], [40, 61, 3], [33, 30, 4]] as const) {
      const picture = randomPicture(width, height, depth, 7);
      for (const data of [picture.data, Float32Array.from(picture.data, (v) => v / 255)])
        for (const overlap of [0, 5]) {
          const image = { width, height, data };
          const one = await isthmus.denoiseImage(model, image, { overlap });
          const two = await isthmus.denoiseImage(model, image, { overlap, threads: 2 });
          sameBits(two.data, one.data, `${width} x ${height} x ${depth}, overlap ${overlap}`);
        }
    } // biome-ignore format: a list
  },

  async 'progress rises to 1 and an abort rejects with its reason'(isthmus) {
    const { convolutions: model } = await models(isthmus);
    const { floats } = samplesOf(3000, 144);
    const progress: number[] = [];
    await model.encode(floats, { threads: 2, onProgress: (done) => progress.push(done) });
    equal(progress.at(-1), 1);
    ok(
      progress.every((done, i) => done > (progress[i - 1] ?? 0)),
      String(progress),
    );
    const reason = new Error('enough');
    const controller = new AbortController();
    const onProgress = () => controller.abort(reason);
    const aborted = AbortSignal.abort(reason);
    await fails(() => model.encode(floats, { threads: 2, signal: controller.signal, onProgress }), 'Error', /^enough$/);
    await fails(() => model.encode(floats, { threads: 2, signal: aborted }), 'Error', /^enough$/);
    await fails(() => isthmus.evaluate(model, floats, { signal: aborted }), 'Error', /^enough$/);
    const thrown = (): never => {
      throw new RangeError('a fault of the caller');
    };
    await fails(() => model.encode(floats, { threads: 2, onProgress: thrown }), 'RangeError', /^a fault/);
    // The workers of calls that have stopped do no harm to the next call.
    sameBits(await model.encode(floats, { threads: 2 }), model.encode(floats), 'after an abort');
  },

  async 'training has the weights of one thread, but for rounding'({ autoencoder, conv2d, conv2dTranspose, fit, sgd }) {
    const layer = { kernelSize: 3, strides: 2, padding: 'same' } as const;
    const encoder = [conv2d({ ...layer, filters: 24, activation: 'relu' })];
    const spec = { input: [16, 16, 1], encoder, decoder: [conv2dTranspose({ ...layer, filters: 1 })] };
    const { bytes } = samplesOf(64 * 12, 256);
    const train = async (threads: 'auto' | 1) => {
      const model = await autoencoder(spec, { seed: 1 });
      await fit(model, bytes, { batchSize: 64, epochs: 2, optimizer: sgd(0.05), threads });
      return Float32Array.from(Object.values(model.weights).flatMap(({ data }) => [...data]));
    };
    close(await train('auto'), await train(1), 1e-6);
  },

  async 'wrong options and samples are rejected'(isthmus) {
    const { convolutions: model } = await models(isthmus);
    const x = new Float32Array(144);
    const picture = { data: x, width: 12, height: 12 };
    const expected = /"threads" expected 'auto' or integer 1\.\.64, got/;
    for (const threads of [0, 1.5, 65, -1, Number.NaN, 'many', '2', null, true] as never[]) {
      const name = typeof threads === 'number' || typeof threads === 'string' ? 'RangeError' : 'TypeError';
      await fails(() => model.encode(x, { threads }), name, expected);
      await fails(() => isthmus.evaluate(model, x, { threads }), name, expected);
      await fails(() => isthmus.denoiseImage(model, picture, { threads }), name, expected);
    }
    const part = new Float32Array(3);
    await fails(() => model.encode(x, null as never), 'TypeError', /"options" expected an object/);
    await fails(() => model.encode(x, { thread: 2 } as never), 'TypeError', /"options" expected no other options than/);
    await fails(() => model.encode(part, { threads: 2 }), 'RangeError', /"x" expected a multiple of 144 values/);
    await fails(() => model.decode(part, { threads: 2 }), 'RangeError', /"z" expected a multiple of 144 values/);
  },
};
