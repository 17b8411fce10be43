import { equal, fails, numbers, ok, type Suite, sameBits } from './assert.ts';
import { deterministicOptions, size, weightsOf, x } from './small-model.ts';

const share = (codes: Float32Array): number => codes.filter((v) => v !== 0).length / codes.length;

/** Sparse and quantized bottlenecks, and presets. */
export const sparsity: Suite = {
  async 'sparse reaches the target activity with every activation'(isthmus) {
    const { autoencoder, dense, fit, sparse } = isthmus;
    for (const target of [0.05, 0.2])
      for (const activation of ['relu', 'linear', 'softplus', 'sigmoid'] as const) {
        const spec = {
          input: [size],
          encoder: [dense({ units: 60, activation })],
          latent: sparse({ target }),
          decoder: [dense({ units: size })],
        };
        const m = await autoencoder(spec, { seed: 1 });
        await fit(m, x, { ...deterministicOptions, epochs: 150, optimizer: isthmus.adam(0.003) });
        const codes = m.encode(x);
        const activity = activation === 'sigmoid' ? codes.reduce((sum, v) => sum + v, 0) / codes.length : share(codes);
        ok(Math.abs(activity - target) < 0.1 * target, `${activation}, target ${target}, got ${activity}`);
      }
  },

  async 'kSparse keeps k values, l1 makes codes small, and quantized rounds codes to multiples of the step'(isthmus) {
    const { autoencoder, dense, fit, kSparse, sparse, quantized } = isthmus;
    const train = async (latent?: ReturnType<typeof kSparse>) => {
      const spec = { input: [size], encoder: [dense({ units: 16 })], decoder: [dense({ units: size })] };
      const m = await autoencoder({ ...spec, ...(latent && { latent }) }, { seed: 1 });
      await fit(m, x, { ...deterministicOptions, epochs: 40, optimizer: isthmus.adam(0.01) });
      return { m, codes: m.encode(x) };
    };
    const { codes: kept } = await train(kSparse({ k: 3 }));
    for (let i = 0; i < 200; i++) equal(share(kept.subarray(i * 16, (i + 1) * 16)), 3 / 16, `code ${i}`);
    const size1 = (codes: Float32Array) => codes.reduce((sum, v) => sum + Math.abs(v), 0);
    const [free, small] = [await train(), await train(sparse({ l1: 0.01 }) as never)];
    ok(size1(small.codes) < size1(free.codes) / 2, `${size1(small.codes)} of ${size1(free.codes)}`);
    const rounded = await train(quantized({ step: 0.25 }) as never);
    ok(
      rounded.codes.every((v) => Number.isInteger(v * 4)),
      'multiples of 0.25',
    );
    ok(new Set(rounded.codes).size > 3, 'codes take more than three values');
  },

  async 'bottlenecks are saved, loaded and resumed to the bit'(isthmus) {
    const { autoencoder, dense, fit, kSparse, sparse, quantized, variational } = isthmus;
    const { saveModel, loadModel, saveCheckpoint, loadCheckpoint } = isthmus;
    const latents = [
      variational({ units: 3, freeBits: 0.1, warmup: 20 }), sparse({ target: 0.1 }), sparse({ target: 0.1, activity: 'mean' }),
      sparse({ l1: 0.1 }), kSparse({ k: 2 }), quantized(),
    ]; // biome-ignore format: a list
    for (const latent of latents) {
      const spec = {
        input: [size],
        encoder: [dense({ units: 9, activation: 'sigmoid' })],
        latent,
        decoder: [dense({ units: size })],
      };
      const [uninterrupted, half] = [await autoencoder(spec, { seed: 1 }), await autoencoder(spec, { seed: 1 })];
      await fit(uninterrupted, x, { ...deterministicOptions, epochs: 4 });
      const { model, history } = await loadCheckpoint(
        saveCheckpoint(half, await fit(half, x, { ...deterministicOptions, epochs: 2 })),
      );
      await fit(model, x, { ...deterministicOptions, epochs: 4, resume: history });
      sameBits(weightsOf(model), weightsOf(uninterrupted), latent.type);
      const back = await loadModel(saveModel(uninterrupted));
      sameBits(back.reconstruct(x), uninterrupted.reconstruct(x), latent.type);
      sameBits(uninterrupted.decode(uninterrupted.encode(x)), uninterrupted.reconstruct(x), latent.type);
      equal(back.spec, uninterrupted.spec);
    }
  },

  async 'presets are plain data, and their models train'(isthmus) {
    const { autoencoder, fit, saveModel, loadModel } = isthmus;
    const pictures = Float32Array.from({ length: 10 * 192 }, (_, i) => (Math.sin(i * 0.1) + 1) / 2);
    const makers = [
      isthmus.denseAutoencoder, isthmus.deepAutoencoder, isthmus.convAutoencoder, isthmus.denoisingAutoencoder,
      isthmus.sparseAutoencoder, isthmus.variationalAutoencoder,
    ]; // biome-ignore format: a list
    for (const make of makers) {
      const m = await autoencoder(make({ input: [8, 8, 3], latent: 5 }), { seed: 1 });
      // The denoising preset has no bottleneck: its `latent` is a branch, and `encode` returns the denoised sample.
      const shape = make === isthmus.denoisingAutoencoder ? [8, 8, 3] : [5];
      equal([m.latentShape, m.outputShape], [shape, [8, 8, 3]], make.name);
      const history = await fit(m, pictures, { ...deterministicOptions, epochs: 12 });
      ok(history.loss[11]! < history.loss[0]!, `${make.name}: ${history.loss}`);
      sameBits((await loadModel(saveModel(m))).encode(pictures), m.encode(pictures), make.name);
    }
    const signal = await autoencoder(isthmus.signalAutoencoder({ input: [64, 3], latent: 4, filters: [4, 4, 4] }));
    equal([signal.latentShape, signal.reconstruct(pictures).length], [[4], 1920]);
    const wrong = (options: object, message: RegExp, make: (o: never) => unknown = isthmus.convAutoencoder) =>
      fails(() => make(options as never), 'RangeError', message);
    await wrong({ input: [2, 9, 1], latent: 3 }, /"convAutoencoder.input" expected sides of at least 3 for 2 halvings/);
    await wrong({ input: [9, 8, 1], latent: 3, filters: [1, 2, 3, 4, 5] }, /sides of at least 17 for 5 halvings/);
    await wrong({ input: [8, 8, 1], latent: 3, filters: [] }, /"convAutoencoder.filters" expected at least one number/);
    await wrong(
      { input: [4, 1], latent: 3, filters: [1, 2, 3] },
      /"signalAutoencoder.input" .* 5 for 3/,
      isthmus.signalAutoencoder,
    );
    await wrong({ input: [49], latent: 3 }, /"convAutoencoder.input" expected \[height, width, channels\]/);
    await wrong({ input: [8, 8, 1], latent: 0 }, /"convAutoencoder.latent" expected integer 1\.\.65536, got 0/);
    await wrong({ input: [8], latent: 2, hidden: [0] }, /"deepAutoencoder.hidden\[0\]"/, isthmus.deepAutoencoder);
    await fails(() => isthmus.denseAutoencoder({ input: [8] } as never), 'TypeError', /"denseAutoencoder.latent"/);
    await fails(
      () => isthmus.denseAutoencoder(undefined as never),
      'TypeError',
      /"denseAutoencoder" expected an object/,
    );
  },

  async 'convolutional presets halve the sides once for each number of filters, for odd and even sides'(i) {
    const cases: [number[], number[]][] = [
      [
        [28, 28, 1],
        [16, 32],
      ],
      [
        [28, 28, 1],
        [2, 3, 4, 5, 6],
      ],
      [
        [7, 7, 1],
        [2, 3, 4],
      ],
      [
        [9, 6, 3],
        [4, 2],
      ],
      [
        [5, 8, 1],
        [1, 2, 3],
      ],
      [[3, 2, 2], [3]],
      [
        [33, 17, 1],
        [2, 2, 2, 2, 2],
      ],
      [
        [96, 1],
        [4, 4],
      ],
      [
        [187, 1],
        [2, 3, 4],
      ],
      [
        [3, 2],
        [5, 2],
      ],
      [[2, 1], [1]],
    ];
    for (const [input, filters] of cases) {
      const make = input.length === 3 ? i.convAutoencoder : i.signalAutoencoder;
      for (const output of ['sigmoid', 'linear'] as const) {
        const spec = make({ input, latent: 3, filters, output });
        const name = `${input} with ${filters}`;
        const down = spec.encoder.filter(({ type }) => /^conv/.test(type)) as unknown as { filters: number }[];
        equal(
          down.map((layer) => layer.filters),
          filters,
          `${name}: filters on the way down`,
        );
        const up = spec.decoder!.filter(({ type }) => /^conv/.test(type)) as unknown as { filters: number }[];
        equal(
          up.map((layer) => layer.filters),
          [...filters.slice(0, -1).reverse(), input.at(-1)],
          `${name}: on the way up`,
        );
        const m = await i.autoencoder(spec, { seed: 1 });
        equal(m.latentShape, [3], name);
        const size = input.reduce((a, b) => a * b);
        const x = numbers(5 * size, 7).map((v) => 0.5 + 0.4 * v);
        const before = i.evaluate(m, x).loss;
        await i.fit(m, x, { epochs: 20, batchSize: 5, optimizer: i.adam(0.01), deterministic: true });
        ok(i.evaluate(m, x).loss < before, `${name}: the loss falls`);
        const loaded = await i.loadModel(i.saveModel(m));
        equal(loaded.spec, m.spec);
        sameBits(loaded.decode(loaded.encode(x)), m.reconstruct(x), name);
      }
    }
  },

  async 'kSparse with small k uses many units'(isthmus) {
    const { autoencoder, dense, fit, kSparse, evaluate } = isthmus;
    // Each sample is near one of twelve patterns. All have an offset of 1, so the unit that encodes the offset is the largest.
    const [patterns, noise, units] = [numbers(12 * size, 5), numbers(240 * size, 6), 48];
    const samples = noise.map((v, i) => 1 + patterns[(Math.floor(i / size) % 12) * size + (i % size)]! + 0.1 * v);
    for (const k of [1, 2]) {
      const spec = {
        input: [size],
        encoder: [dense({ units })],
        latent: kSparse({ k }),
        decoder: [dense({ units: size })],
      };
      const m = await autoencoder(spec, { seed: 1 });
      await fit(m, samples, { ...deterministicOptions, epochs: 150, optimizer: isthmus.adam(0.003) });
      const used = new Set(Array.from(m.encode(samples), (v, i) => (v ? i % units : -1))).size - 1;
      const { loss } = evaluate(m, samples);
      ok(used >= 8, `k = ${k}: ${used} of ${units} units are in use`);
      ok(loss < 0.1, `k = ${k}: an error of ${loss}`);
    }
  },
};
