import { equal, fails, numbers, ok, type Suite, sameBits } from './assert.ts';

const shapes = [[8, 8, 3], [9, 7, 1], [1, 1, 2], [5, 3, 1], [33, 2], [2, 1], [96, 1], [20], [3], [2, 3, 2, 2]]; // biome-ignore format: a list
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b);

/** Presets: shapes, defaults and options. */
export const specs: Suite = {
  async 'denoisingAutoencoder accepts samples of any shape, with and without latent'(i) {
    for (const input of shapes) {
      for (const o of [{}, { latent: 3 }, { output: 'sigmoid' }, { filters: [4] }, { filters: [2, 3] }] as const) {
        const name = `[${input}] ${JSON.stringify(o)}`;
        const spec = i.denoisingAutoencoder({ input, noise: 0.1, ...o });
        const m = await i.autoencoder(spec, { seed: 1 });
        equal([m.outputShape, m.latentShape], [input, input], name);
        const x = numbers(12 * sizeOf(input), 3).map((v) => 0.5 + 0.2 * v);
        const { loss } = await i.fit(m, x, { epochs: 25, batchSize: 6, optimizer: i.adam(0.003), deterministic: true });
        ok(Math.min(...loss.slice(20)) < loss[0]!, `${name}: the loss falls, ${loss}`);
        const loaded = await i.loadModel(i.saveModel(m));
        equal(loaded.spec, m.spec, name);
        sameBits(loaded.reconstruct(x), m.reconstruct(x), name);
      }
    }
  },

  async 'denoisingAutoencoder trains with noise of 0.05..0.4 or of the option, clipped to 0..1 with a sigmoid output'(
    i,
  ) {
    const noise = (o: object): unknown => i.denoisingAutoencoder({ input: [8], ...o }).corruption;
    equal(noise({}), i.gaussianNoise({ stddev: [0.05, 0.4] }));
    equal(noise({ noise: 0.2 }), i.gaussianNoise({ stddev: 0.2 }));
    equal(noise({ noise: [0, 1], output: 'sigmoid' }), i.gaussianNoise({ stddev: [0, 1], clip: [0, 1] }));
    const wrong = (o: object, message: RegExp) =>
      fails(() => i.denoisingAutoencoder({ input: [8], ...o }), 'RangeError', message);
    await wrong({ noise: 0 }, /"denoisingAutoencoder.noise" expected a number above 0, got 0/);
    await wrong({ latent: 0 }, /"denoisingAutoencoder.latent" expected integer 1\.\.65536, got 0/);
    await wrong({ filters: [] }, /"denoisingAutoencoder.filters" expected at least one number of filters/);
  },

  async 'denoisingAutoencoder learns from data of any scale'(i) {
    const clean = Float32Array.from({ length: 200 * 64 }, (_, k) => Math.sin(k * 0.11 + Math.floor(k / 64)));
    for (const scale of [0.01, 1, 100]) {
      const x = clean.map((v) => v * scale);
      const noisy = numbers(x.length, 5).map((v, k) => x[k]! + 0.5 * scale * v);
      const spec = i.denoisingAutoencoder({ input: [64, 1], noise: 0.5 * scale });
      const m = await i.autoencoder(spec, { seed: 1 });
      await i.fit(m, x, { epochs: 8, deterministic: true });
      const error = (y: Float32Array): number => y.reduce((sum, v, k) => sum + (v - x[k]!) ** 2, 0);
      const share = error(m.reconstruct(noisy)) / error(noisy);
      ok(share < 0.35, `scale ${scale}: ${share} of the noise is left`);
    }
  },

  async 'presets have a linear output by default, the variational one a sigmoid'(i) {
    const x = numbers(100 * 16, 1);
    for (const make of [i.denseAutoencoder, i.deepAutoencoder, i.sparseAutoencoder]) {
      const m = await i.autoencoder(make({ input: [16], latent: 64 }), { seed: 1 });
      await i.fit(m, x, { epochs: 100, optimizer: i.adam(0.003), deterministic: true });
      // Values uniform in -1..1 have a mean square of 1/3. A sigmoid gives at best 0 for the negative half: an error of 1/6.
      const error = i.evaluate(m, x).meanSquaredError;
      ok(error < 0.15, `${make.name}: ${error}`);
    }
    const last = (spec: { decoder?: readonly object[] }): unknown =>
      (spec.decoder!.at(-1) as { activation?: string }).activation ?? 'linear';
    equal(last(i.convAutoencoder({ input: [8, 8, 1], latent: 2 })), 'linear');
    equal(last(i.signalAutoencoder({ input: [8, 1], latent: 2 })), 'linear');
    equal(last(i.convAutoencoder({ input: [8, 8, 1], latent: 2, output: 'sigmoid' })), 'sigmoid');
    const pixels = i.variationalAutoencoder({ input: [16], latent: 2 });
    equal([last(pixels), pixels.loss], ['sigmoid', 'binaryCrossentropy']);
    const others = i.variationalAutoencoder({ input: [16], latent: 2, output: 'linear' });
    equal([last(others), others.loss], ['linear', undefined]);
  },

  async 'signalAutoencoder has a code with latent, and is denoisingAutoencoder without'(i) {
    const input = [40, 2];
    equal(i.signalAutoencoder({ input }), i.denoisingAutoencoder({ input }));
    equal(
      i.signalAutoencoder({ input, noise: 2, filters: [3] }),
      i.denoisingAutoencoder({ input, noise: 2, filters: [3] }),
    );
    const coded = i.signalAutoencoder({ input, latent: 3 });
    equal(coded.corruption, undefined);
    equal(i.signalAutoencoder({ input, latent: 3, noise: 0.5 }), {
      ...coded,
      corruption: i.gaussianNoise({ stddev: 0.5 }),
    });
    equal((await i.autoencoder(coded)).latentShape, [3]);
    const wrong = (o: object, message: RegExp) => fails(() => i.signalAutoencoder(o as never), 'RangeError', message);
    await wrong({ input: [40] }, /"signalAutoencoder.input" expected \[length, channels\], got \[40\]/);
    await wrong({ input, filters: [] }, /"signalAutoencoder.filters" expected at least one/);
    await wrong({ input, latent: 3, noise: -1 }, /"signalAutoencoder.noise" expected a number above 0/);
    await fails(() => i.signalAutoencoder(undefined as never), 'TypeError', /"signalAutoencoder" expected an object/);
  },
};
