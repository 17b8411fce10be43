import { close, equal, fails, type Isthmus, ok, type Suite, sameBits } from './assert.ts';
import { buildModel, deterministicOptions, size, x } from './small-model.ts';

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const variance = (values: ArrayLike<number>): number => {
  const m = mean(values);
  return mean(Array.from(values, (v) => (v - m) ** 2));
};

const buildVariational = ({ autoencoder, variational, dense }: Isthmus, options = {}) =>
  autoencoder(
    {
      input: [size],
      encoder: [dense({ units: 16, activation: 'tanh' })],
      latent: variational({ units: 2, stddev: 0.05, ...options }),
      decoder: [dense({ units: 16, activation: 'tanh' }), dense({ units: size, activation: 'sigmoid' })],
    },
    { seed: 3 },
  );

/** Variational models: likelihood bounds, sampling, mixtures, interpolation, latent maps. */
export const generating: Suite = {
  async 'training raises the likelihood bounds of a variational model, and the importance-weighted bound is the higher one'(
    isthmus,
  ) {
    const { fit, evaluate } = isthmus;
    const m = await buildVariational(isthmus);
    const before = evaluate(m, x, { draws: 5 });
    await fit(m, x, { ...deterministicOptions, epochs: 60, optimizer: isthmus.adam(0.01), validationData: x });
    const after = evaluate(m, x, { draws: 50 });
    ok(after.elbo! > before.elbo!, `${before.elbo} to ${after.elbo}`);
    ok(after.importanceWeighted! >= after.elbo!, `${after.importanceWeighted} and ${after.elbo}`);
    const one = evaluate(m, x);
    close([one.elbo!], [one.importanceWeighted!], 1e-9, 'with one draw both bounds are equal');
    close([one.elbo!], [after.elbo!], 0.05, 'the bound changes little with other draws');
    const crossed = await buildVariational(isthmus, { stddev: undefined });
    ok(evaluate(crossed, x, { loss: 'binaryCrossentropy' }).elbo! < 0, 'a Bernoulli likelihood');
    equal(evaluate(crossed, x, { loss: 'huber' }).elbo, undefined);
    // The loss is an affine function of the negative bound, computed with the mean code instead of a drawn one.
    const nats = (after.loss * size) / (2 * 0.05 ** 2) + 0.5 * size * Math.log(2 * Math.PI * 0.05 ** 2);
    ok(nats < -after.elbo! && nats > -after.elbo! - 3, `${nats} nats, bound ${after.elbo}`);
    equal(evaluate(await buildModel(isthmus), x).elbo, undefined);
  },

  async 'the loss of a variational model includes the KL divergence, and valLoss is the loss of evaluate'(isthmus) {
    const { fit, evaluate } = isthmus;
    const [free, held] = [await buildVariational(isthmus, { beta: 0 }), await buildVariational(isthmus, { beta: 5 })];
    held.setWeights(free.weights);
    const [a, b] = [evaluate(free, x), evaluate(held, x)];
    close([a.loss], [a.meanSquaredError], 1e-12, 'without KL');
    ok(b.loss > a.loss, `${b.loss} with, ${a.loss} without`);
    const history = await fit(held, x, { epochs: 3, validationData: x });
    close([history.valLoss[2]!], [evaluate(held, x).loss], 1e-9);
  },

  async 'samples depend only on the seed, and have the mean and variance of the data'(isthmus) {
    const { fit, sample, saveModel, loadModel, fitMixture } = isthmus;
    const m = await buildVariational(isthmus);
    await fit(m, x, { ...deterministicOptions, epochs: 60, optimizer: isthmus.adam(0.01) });
    const some = sample(m, 300, { seed: 7 });
    equal(some.length, 300 * size);
    sameBits(sample(await loadModel(saveModel(m)), 300, { seed: 7 }), some, 'the same seed');
    ok(
      sample(m, 300, { seed: 8 }).some((v, i) => v !== some[i]),
      'another seed',
    );
    ok(
      sample(m, 5).some((v, i) => v !== some[i]),
      'no seed',
    );
    sameBits(sample(m, 5, { seed: 7 }), some.subarray(0, 5 * size), 'fewer samples of a seed are the first ones');
    ok(Math.abs(mean(some) - mean(x)) < 0.05, `mean ${mean(some)}, of data ${mean(x)}`);
    ok(variance(some) > 0.3 * variance(x), `variance ${variance(some)}, of data ${variance(x)}`);
    const mixture = fitMixture(m, x, { components: 4, seed: 1 });
    close([mixture.weights.reduce((sum, v) => sum + v, 0)], [1], 1e-9);
    const mixed = sample(m, 300, { seed: 7, from: JSON.parse(JSON.stringify(mixture)) });
    sameBits(sample(m, 300, { seed: 7, from: mixture }), mixed, 'a mixture that went through JSON');
    ok(Math.abs(variance(mixed) - variance(x)) < 0.3 * variance(x), `variance ${variance(mixed)}`);
  },

  async 'sample draws from a normal distribution'({ autoencoder, dense, sample }) {
    const m = await autoencoder({ input: [1], encoder: [dense({ units: 1 })], decoder: [dense({ units: 1 })] });
    m.setWeights({ 'decoder.0.kernel': { shape: [1, 1], data: Float32Array.of(1) } });
    const from = { weights: [1], means: [[0]], variances: [[4]] };
    const z = sample(m, 40_000, { seed: 2, from }).map((v) => v / 2);
    const share = (near: number) => z.filter((v) => Math.abs(v) < near).length / z.length;
    close([mean(z), variance(z)], [0, 1], 0.03, 'mean and variance');
    close([share(0.5), share(1), share(2), share(3)], [0.38292, 0.68269, 0.9545, 0.9973], 0.01, 'shares');
    ok(
      z.some((v) => Math.abs(v) > 3.5),
      'values beyond 3.5 deviations',
    );
    close([mean(z.map((v, i) => v * (z[i + 1] ?? 0)))], [0], 0.03, 'consecutive values are uncorrelated');
  },

  async 'fitMixture finds the clusters of codes'({ autoencoder, dense, fitMixture, sample }) {
    const m = await autoencoder({ input: [2], encoder: [dense({ units: 2 })], decoder: [dense({ units: 2 })] });
    const identity = { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) };
    m.setWeights({ 'encoder.0.kernel': identity, 'decoder.0.kernel': identity });
    const centres = [[-5, 0], [5, 1], [0, 9]] as const; // biome-ignore format: a list
    const codes = new Float32Array(600);
    for (let i = 0; i < 300; i++) {
      const [a, b] = centres[i % 3]!;
      codes[2 * i] = a + Math.sin(i * 12.9898) * 0.5;
      codes[2 * i + 1] = b + Math.sin(i * 78.233) * 0.5;
    }
    const found = fitMixture(m, codes, { components: 3, iterations: 100, seed: 5 });
    for (const [a, b] of centres) {
      const near = found.means.findIndex(([p, q]) => Math.hypot(p! - a, q! - b) < 0.2);
      ok(near >= 0, `a component near ${a}, ${b}: ${JSON.stringify(found.means)}`);
      close([found.weights[near]!], [1 / 3], 0.01);
      close(found.variances[near]!, [0.125, 0.125], 0.05);
    }
    const drawn = sample(m, 900, { seed: 1, from: found });
    let close3 = 0;
    for (let i = 0; i < 900; i++) if (Math.hypot(drawn[2 * i]! + 5, drawn[2 * i + 1]!) < 2) close3++;
    ok(Math.abs(close3 - 300) < 60, `${close3} of 900 in the first cluster`);
  },

  async 'interpolate starts and ends at the reconstructions of the two samples'(isthmus) {
    const m = await buildModel(isthmus);
    const [a, b] = [x.subarray(0, size), x.subarray(size, 2 * size)];
    const way = isthmus.interpolate(m, a, b);
    equal(way.length, 8 * size);
    sameBits(way.subarray(0, size), m.reconstruct(a), 'the first');
    sameBits(way.subarray(7 * size), m.reconstruct(b), 'the last');
    const code = m.encode(x.subarray(0, 2 * size));
    const middle = m.decode(Float32Array.from({ length: 8 }, (_, j) => (code[j]! + code[8 + j]!) / 2));
    close(isthmus.interpolate(m, a, b, 3).subarray(size, 2 * size), middle, 1e-6, 'the middle');
    await fails(() => isthmus.interpolate(m, x, b), 'RangeError', /"a" expected one sample, got "200 samples"/);
    await fails(() => isthmus.interpolate(m, a, b, 1), 'RangeError', /"steps" expected integer 2\.\./);
  },

  async 'latentMap projects codes onto their first two principal components'({ autoencoder, dense, latentMap }) {
    const spec = (units: number) => ({
      input: [3],
      encoder: [dense({ units, useBias: false })],
      decoder: [dense({ units: 3 })],
    });
    const m = await autoencoder(spec(3), { seed: 1 });
    const identity = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    m.setWeights({ 'encoder.0.kernel': { shape: [3, 3], data: identity } });
    const points = new Float32Array(3 * 200);
    for (let i = 0; i < 200; i++) {
      points[3 * i] = 2 + Math.sin(i) * 0.1;
      points[3 * i + 1] = Math.sin(i * 1.7) * 5;
      points[3 * i + 2] = Math.sin(i * 2.3) * 2;
    }
    const map = latentMap(m, points);
    equal(map.length, 400);
    const axis = (k: number) => map.filter((_, i) => i % 2 === k);
    const column = (k: number) => points.filter((_, i) => i % 3 === k);
    close(
      axis(0),
      column(1).map((v) => v - mean(column(1))),
      0.1,
      'the first axis',
    );
    close([variance(axis(1))], [variance(column(2))], 0.05, 'the second axis');
    close([mean(axis(0)), mean(axis(1))], [0, 0], 1e-5, 'the origin');
    const two = await autoencoder(spec(2), { seed: 1 });
    sameBits(latentMap(two, points), two.encode(points), 'codes of two values are the map');
    const one = await autoencoder(spec(1), { seed: 1 });
    close(
      latentMap(one, points).filter((_, i) => i % 2 === 0),
      one.encode(points),
      0,
      'codes of one value are on the first axis',
    );
    equal(latentMap(m, points.slice(0, 3).fill(0)).length, 2);
  },

  async 'invalid options and models are refused'(isthmus) {
    const { sample, fitMixture, evaluate, variational, sparse, kSparse, quantized } = isthmus;
    const plain = await buildModel(isthmus);
    const m = await buildVariational(isthmus);
    await fails(
      () => sample(plain, 3),
      'RangeError',
      /"model" expected one with a variational latent, got "one without"/,
    );
    await fails(() => sample(m, 0), 'RangeError', /"count" expected integer 1/);
    await fails(() => sample(m, 1, { seed: -1 }), 'RangeError', /"seed" expected integer/);
    await fails(() => sample(m, 1, { from: 5 as never }), 'TypeError', /"from" expected a mixture/);
    const other = fitMixture(plain, x, { components: 2 });
    await fails(() => sample(m, 1, { from: other }), 'RangeError', /"from" expected a mixture of codes of 2 values/);
    const from = (weights: number[], variances: number[][], means = weights.map(() => [0, 0])) =>
      fails(() => sample(m, 2, { from: { weights, means, variances } }), 'RangeError', /"from(.weights)?" expected/);
    await from([], []);
    await from([Number.NaN], [[1, 1]]);
    await from([0, 0], [[1, 1], [1, 1]]); // biome-ignore format: two lists
    await from([2, -1], [[1, 1], [1, 1]]); // biome-ignore format: two lists
    await from([1], [[1, -1]]);
    await fails(() => fitMixture(m, x, { components: 201 }), 'RangeError', /at least 201 samples/);
    await fails(() => evaluate(m, x, { draws: 0 }), 'RangeError', /"draws" expected integer 1/);
    await fails(() => variational({ units: 0 }), 'RangeError', /"variational.units" expected integer 1/);
    await fails(() => variational({ units: 2, beta: -1 }), 'RangeError', /"variational.beta"/);
    await fails(() => sparse({}), 'RangeError', /"sparse" expected an l1 or a target/);
    await fails(() => sparse({ target: 1 }), 'RangeError', /"sparse.target" expected a number in \(0, 1\), got 1/);
    await fails(() => kSparse({ k: 0 }), 'RangeError', /"kSparse.k"/);
    await fails(() => quantized({ step: 0 }), 'RangeError', /"quantized.step"/);
    const { autoencoder, dense } = isthmus;
    const spec = {
      input: [4],
      encoder: [dense({ units: 2 })],
      latent: kSparse({ k: 3 }),
      decoder: [dense({ units: 4 })],
    };
    await fails(() => autoencoder(spec), 'RangeError', /"latent.k" expected integer 1\.\.2.*got 3/);
    const misplaced = { ...spec, encoder: [variational({ units: 2 })] };
    await fails(() => autoencoder(misplaced), 'RangeError', /"encoder\[0\]" expected a layer.*got "variational"/);
  },
};
