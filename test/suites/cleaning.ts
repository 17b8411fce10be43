import { close, equal, fails, numbers, ok, type Suite, sameBits } from './assert.ts';
import { nearlyNormal } from './normal.ts';
import { buildModel, deterministicOptions, size, x } from './small-model.ts';
import { affineModel, randomPicture, scalingSignalModel, vectorModel } from './windows.ts';

/** Fails unless `actual` is within 10 % of `expected`. */
const near = (actual: number, expected: number, message: string): void =>
  ok(Math.abs(actual - expected) < 0.1 * expected, `${message}: expected about ${expected}, got ${actual}`);

/** `denoiseSignal`, `estimateNoise`, `inpaint`. */
export const cleaning: Suite = {
  async 'an identity model returns the signal unchanged, at any length and overlap'(isthmus) {
    const { denoiseSignal } = isthmus;
    for (const channels of [1, 2]) {
      const models = [await scalingSignalModel(isthmus, [16, 1]), await vectorModel(isthmus, 16)];
      if (channels > 1) models.push(await scalingSignalModel(isthmus, [16, channels]));
      for (const m of models)
        for (const length of [1, 2, 15, 16, 17, 100, 333])
          for (const overlap of [undefined, 0, 0.3, 0.75, 0.999]) {
            const samples = numbers(length * channels).map((v) => 1000 * v);
            const clean = denoiseSignal(m, samples, { channels, ...(overlap !== undefined && { overlap }) });
            close(clean, samples, 1e-6, `${length} x ${channels}, overlap ${overlap}`);
            ok(clean !== samples && clean.buffer !== samples.buffer, 'the result is a new array');
          }
    }
    const two = await scalingSignalModel(isthmus, [8, 2], 0.5);
    close(
      denoiseSignal(two, numbers(50)),
      numbers(50).map((v) => v / 2),
      1e-6,
      'channels default to those of the model',
    );
  },

  async 'overlapping windows of a signal blend without a step'(isthmus) {
    const ramp = Float32Array.from({ length: 32 }, (_, i) => i / 31);
    const m = await vectorModel(isthmus, 32, ramp, 0);
    const step = (overlap: number): number => {
      const clean = isthmus.denoiseSignal(m, new Float32Array(500), { overlap });
      return Math.max(...clean.map((v, i) => (i ? Math.abs(v - clean[i - 1]!) : 0)));
    };
    close([step(0)], [1], 1e-6, 'without overlap');
    ok(step(0.5) < 0.05, `with overlap: ${step(0.5)}`);
  },

  async 'denoiseSignal refuses invalid signals, options and models'(isthmus) {
    const m = await scalingSignalModel(isthmus, [16, 2]);
    const wrong = (samples: unknown, options: unknown, name: string, message: RegExp, model: unknown = m) =>
      fails(() => isthmus.denoiseSignal(model as typeof m, samples as Float32Array, options as object), name, message);
    const samples = new Float32Array(40);
    await wrong(samples, { overlap: 1 }, 'RangeError', /"overlap" expected a number in \[0, 1\), got 1/);
    await wrong(samples, { overlap: Number.NaN }, 'RangeError', /"overlap" expected a number in \[0, 1\), got NaN/);
    await wrong(samples, { overlap: '0' }, 'TypeError', /"overlap" expected a number/);
    await wrong(samples, { channel: 1 }, 'TypeError', /no other options than overlap, channels, got "channel"/);
    await wrong(samples, { channels: 3 }, 'RangeError', /"channels" expected 2, as many as the model takes, got 3/);
    await wrong(samples, { channels: 0 }, 'RangeError', /"channels" expected integer 1/);
    await wrong(
      new Float32Array(41),
      {},
      'RangeError',
      /"samples" expected a multiple of 2 values.*Float32Array\(41\)/,
    );
    await wrong(new Float32Array(0), {}, 'RangeError', /"samples" expected a multiple of 2 values/);
    await wrong([1, 2], {}, 'TypeError', /"samples" expected Float32Array, got \[1, 2\]/);
    await wrong(
      Float32Array.of(0, Number.NaN),
      {},
      'RangeError',
      /"samples" expected finite numbers, got NaN as value 1/,
    );
    await wrong(samples, {}, 'TypeError', /"model" expected a model/, null);
    await wrong(
      samples,
      {},
      'RangeError',
      /\[length, channels\], or \[length\], got \[4, 4, 1\]/,
      await affineModel(isthmus, [4, 4, 1]),
    );
    const wild = await scalingSignalModel(isthmus, [4, 1], 3e38);
    await wrong(samples.fill(9), {}, 'RangeError', /"model" expected one whose output is finite/, wild);
  },

  'estimateNoise of a picture is the deviation of the noise, in the unit of the data'({ estimateNoise }) {
    const [width, height] = [80, 60];
    const smooth = (i: number): number => 0.5 + 0.3 * Math.sin((i % width) / 9) * Math.cos(Math.floor(i / width) / 11);
    const noise = nearlyNormal(width * height * 3, 5);
    const grey = noise.subarray(0, width * height).map((v, i) => smooth(i) + 0.04 * v);
    near(estimateNoise({ data: grey, width, height }), 0.04, 'floats');
    near(estimateNoise({ data: grey.map((v) => 100 * v), width, height }), 4, 'floats in another unit');
    near(estimateNoise({ data: Uint8Array.from(grey, (v) => Math.round(255 * v)), width, height }), 0.04, 'bytes');
    // Noise of 0.03, 0.04 and 0.05 in the three color channels. Alpha is noise of deviation 1, which must not count.
    const rgba = Float32Array.from({ length: 4 * width * height }, (_, i) => {
      const [pixel, c] = [i >> 2, i % 4];
      return c === 3 ? noise[pixel]! : smooth(pixel) + 0.01 * (3 + c) * noise[c * width * height + pixel]!;
    });
    near(
      estimateNoise({ data: rgba, width, height }),
      Math.sqrt((0.03 ** 2 + 0.04 ** 2 + 0.05 ** 2) / 3),
      'colors, without alpha',
    );
    for (const [low, high] of [
      [0.5, 1],
      [0, 0.5],
      [0.3, 0.7],
    ] as const) {
      const clipped = grey.map((v) => Math.max(low, Math.min(high, v)));
      near(estimateNoise({ data: clipped, width, height }), 0.04, `clipped to ${low}..${high}`);
    }
    equal(estimateNoise({ data: new Uint8Array(300).fill(9), width: 10, height: 10 }), 0, 'a constant picture');
  },

  'estimateNoise subsamples a large picture'({ estimateNoise }) {
    const [width, height] = [1500, 1400];
    const noise = numbers(width * height, 3);
    near(estimateNoise({ data: noise, width, height }), Math.sqrt(1 / 3), 'uniform noise');
  },

  'estimateNoise of a signal is the deviation of the noise'({ estimateNoise }) {
    const noise = nearlyNormal(6000, 9);
    const wave = noise.map((v, i) => 20 * Math.sin(i / 15) + 2 * v);
    near(estimateNoise(wave), 2, 'one channel');
    const two = wave.map((v, i) => (i % 2 ? 0 : v));
    near(
      estimateNoise(
        wave.map((_, i) => 20 * Math.sin((i >> 1) / 15) + 2 * noise[i]!),
        { channels: 2 },
      ),
      2,
      'two channels',
    );
    equal(estimateNoise(new Float32Array(7).fill(3)), 0, 'the shortest signal');
    ok(estimateNoise(two, { channels: 2 }) > 0, 'noise in one of two channels');
    equal(estimateNoise(two.filter((_, i) => i % 2 === 1)), 0, 'the channel without noise');
  },

  async 'estimateNoise refuses inputs that are too small, not finite or of a wrong type'({ estimateNoise }) {
    const wrong = (v: unknown, options: unknown, name: string, message: RegExp) =>
      fails(() => estimateNoise(v as Float32Array, options as object), name, message);
    await wrong(new Float32Array(6), {}, 'RangeError', /"x" expected at least 7 samples, got 6/);
    await wrong(new Float32Array(13), { channels: 2 }, 'RangeError', /"x" expected a multiple of 2 values/);
    await wrong(new Float32Array(9).fill(Number.NaN), {}, 'RangeError', /"x" expected finite numbers, got NaN/);
    await wrong(randomPicture(6, 9, 1), {}, 'RangeError', /"x" expected at least 7 x 7 pixels, got "6 x 9"/);
    await wrong(
      randomPicture(9, 9, 1),
      { channels: 1 },
      'RangeError',
      /"channels" expected nothing for a picture, got 1/,
    );
    await wrong(new Uint8Array(100), {}, 'TypeError', /"x" expected a Float32Array, or an object/);
    await wrong(undefined, {}, 'TypeError', /"x" expected an object \{ data, width, height \}/);
    await wrong(new Float32Array(9), { chanels: 1 }, 'TypeError', /no other options than channels/);
  },

  async 'inpaint replaces the missing values and no others'(isthmus) {
    const m = await buildModel(isthmus);
    await isthmus.fit(m, x, { ...deterministicOptions, epochs: 60, optimizer: isthmus.adam(0.01) });
    const mask = numbers(x.length, 4).map((v) => (v < -0.3 ? 0 : 1));
    const holed = x.map((v, i) => (mask[i] ? v : Number.NaN));
    const filled = isthmus.inpaint(m, holed, mask);
    const missing = <T extends Float32Array>(values: T): T => values.filter((_, i) => !mask[i]) as T;
    sameBits(
      filled.filter((_, i) => mask[i]),
      x.filter((_, i) => mask[i]),
      'known values do not change',
    );
    ok(holed.some(Number.isNaN), 'the input does not change');
    const error = (values: Float32Array): number =>
      missing(values).reduce((sum, v, i) => sum + (v - missing(x)[i]!) ** 2, 0);
    const mean = x.map((_, i) => {
      const row = x.subarray(i - (i % size), i - (i % size) + size).filter((_, j) => mask[i - (i % size) + j]);
      return row.reduce((sum, v) => sum + v, 0) / row.length;
    });
    const [one, ten] = [isthmus.inpaint(m, holed, mask, { iterations: 1 }), filled];
    ok(error(ten) < error(one) && error(one) < error(mean), `${error(ten)}, ${error(one)}, ${error(mean)}`);
    // The definition: start from the mean of the known values, then replace the missing ones by the reconstruction.
    let rounds = x.map((v, i) => (mask[i] ? v : mean[i]!));
    for (let i = 0; i < 3; i++) {
      const out = m.reconstruct(rounds);
      rounds = rounds.map((v, j) => (mask[j] ? v : out[j]!));
    }
    close(isthmus.inpaint(m, holed, mask, { iterations: 3 }), rounds, 1e-6, 'three rounds');
  },

  async 'inpaint accepts one mask for all samples, bytes and lists'(isthmus) {
    const m = await buildModel(isthmus);
    const three = x.subarray(0, 3 * size);
    const one = Uint8Array.from({ length: size }, (_, i) => +(i % 3 > 0));
    const all = Float32Array.from({ length: 3 * size }, (_, i) => one[i % size]!);
    const expected = isthmus.inpaint(m, three, all);
    sameBits(isthmus.inpaint(m, three, one), expected, 'one mask for all samples');
    const list = [0, 1, 2].map((i) => three.map((v, j) => (all[j] ? v : Infinity)).subarray(i * size, (i + 1) * size));
    sameBits(isthmus.inpaint(m, list, one), expected, 'a list');
    sameBits(isthmus.inpaint(m, list, all), expected, 'a list and a mask for each sample');
    const pixels = Uint8Array.from({ length: 2 * size }, (_, i) => i * 6);
    const floats = Float32Array.from(pixels, (v) => v / 255);
    sameBits(isthmus.inpaint(m, pixels, one), isthmus.inpaint(m, floats, one), 'bytes');
    const nothing = new Float32Array(size);
    close(isthmus.inpaint(m, nothing.fill(Number.NaN), new Uint8Array(size), { iterations: 1 }), m.reconstruct(new Float32Array(size)), 0, 'all values missing'); // biome-ignore format: one call
    sameBits(isthmus.inpaint(m, three, one.slice().fill(1)), three, 'no value missing');
  },

  async 'inpaint refuses invalid masks, samples, options and models'(isthmus) {
    const m = await buildModel(isthmus);
    const mask = new Uint8Array(size).fill(1, 3);
    const wrong = (v: unknown, of: unknown, options: unknown, name: string, message: RegExp, model: unknown = m) =>
      fails(
        () => isthmus.inpaint(model as typeof m, v as Float32Array, of as Uint8Array, options as object),
        name,
        message,
      );
    const two = x.slice(0, 2 * size);
    await wrong(two, [...mask], {}, 'TypeError', /"mask" expected Float32Array or Uint8Array/);
    await wrong(
      two,
      Float32Array.from(mask, (v) => v / 2),
      {},
      'RangeError',
      /"mask\[3\]" expected 1, known, or 0, missing, got 0\.5/,
    );
    await wrong(two, new Float32Array(size).fill(Number.NaN), {}, 'RangeError', /"mask\[0\]" expected 1, .* got NaN/);
    await wrong(
      two,
      mask.subarray(1),
      {},
      'RangeError',
      /"mask" expected 20 values, or 40, one for each of x, got Uint8Array\(19\)/,
    );
    await wrong(two, new Uint8Array(0), {}, 'RangeError', /"mask" expected 20 values/);
    await wrong(two.subarray(1), mask, {}, 'RangeError', /"x" expected a multiple of 20 values/);
    await wrong(
      two.fill(Number.NaN, 25, 26),
      mask,
      {},
      'RangeError',
      /"x" expected finite numbers, got NaN in sample 1, value 5/,
    );
    await wrong([two], mask, {}, 'RangeError', /"x\[0\]" expected 20 values/);
    await wrong('x', mask, {}, 'TypeError', /"x" expected Float32Array, Uint8Array or an array/);
    await wrong(x, mask, { iterations: 0 }, 'RangeError', /"iterations" expected integer 1/);
    await wrong(x, mask, { iteration: 1 }, 'TypeError', /no other options than iterations, got "iteration"/);
    await wrong(x, mask, {}, 'TypeError', /"model" expected a model/, 5);
    const wild = await vectorModel(isthmus, size, new Float32Array(size), 1e38);
    await wrong(
      x.map((v) => v + 9),
      mask,
      {},
      'RangeError',
      /"model" expected one whose output is finite, got/,
      wild,
    );
  },
};
