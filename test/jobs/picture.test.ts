// Clean pictures.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autoencoder, conv2d } from 'isthmus';
import { cleanPicture, type Picture } from '../../jobs/picture/index.ts';
import { normalNumbers } from '../../tools/random.ts';

/** A picture of smooth areas, edges and stripes, with values of 0..1. */
function scene(width: number, height: number, channels: number): Float32Array {
  return Float32Array.from({ length: width * height * channels }, (_, i) => {
    const c = i % channels;
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width);
    if ((channels === 2 || channels === 4) && c === channels - 1) return (x % 8) / 8;
    const disc = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2 ? 0.25 : 0;
    const stripes = y > height / 2 ? 0.1 * Math.sin(x / 2 + c) : 0;
    return 0.2 + 0.3 * (x / width) + disc + stripes + 0.05 * c;
  });
}

/** Adds noise of `sigma` levels to all channels but alpha. */
function withNoise(values: Float32Array, channels: number, sigma: number, seed = 1): Float32Array {
  const normal = normalNumbers(seed);
  const hasAlpha = channels % 2 === 0;
  return values.map((value, i) => {
    if (hasAlpha && i % channels === channels - 1) return value;
    return Math.max(0, Math.min(1, value + (sigma / 255) * normal()));
  });
}

const toBytes = (values: Float32Array): Uint8Array => Uint8Array.from(values, (value) => Math.round(255 * value));
const toWords = (values: Float32Array): Uint16Array => Uint16Array.from(values, (value) => Math.round(65535 * value));

/** The error in levels of 0..255. */
function errorOf(values: ArrayLike<number>, expected: Float32Array, range: number): number {
  let sum = 0;
  for (let i = 0; i < expected.length; i++) sum += ((255 * values[i]!) / range - 255 * expected[i]!) ** 2;
  return Math.sqrt(sum / expected.length);
}

const SIZE = { width: 130, height: 97 };

describe('a cleaned picture', () => {
  it('has less than a third of the noise, gray and color, with bytes, 16 bits and floats', async () => {
    for (const channels of [1, 2, 3, 4]) {
      const clean = scene(SIZE.width, SIZE.height, channels);
      const noisy = withNoise(clean, channels, 20);
      const cases = [
        { data: toBytes(noisy), range: 255 },
        { data: Uint8ClampedArray.from(toBytes(noisy)), range: 255 },
        { data: toWords(noisy), range: 65535 },
        { data: noisy, range: 1 },
      ];
      for (const { data, range } of cases) {
        const before = data.slice();
        const { picture, sigma, changed, reason } = await cleanPicture({ data, ...SIZE });
        assert.ok(Math.abs(sigma! - 20) < 2, `noise of ${sigma}`);
        assert.deepEqual([changed, reason, picture.width, picture.height], [true, undefined, SIZE.width, SIZE.height]);
        assert.equal(picture.data.constructor, data.constructor);
        const error = errorOf(picture.data, clean, range);
        assert.ok(error < errorOf(noisy, clean, 1) / 3, `${channels} channels, ${data.constructor.name}: ${error}`);
        assert.deepEqual(data, before, 'the input does not change');
      }
    }
  });

  it('has the alpha of the input', async () => {
    const data = toBytes(withNoise(scene(SIZE.width, SIZE.height, 4), 4, 20));
    const { picture } = await cleanPicture({ data, ...SIZE });
    for (let i = 3; i < data.length; i += 4) assert.equal(picture.data[i], data[i]);
  });

  it('is the input where there is little noise, and the result says why', async () => {
    const clean = { data: toBytes(scene(SIZE.width, SIZE.height, 3)), ...SIZE };
    const result = await cleanPicture(clean);
    assert.equal(result.picture, clean);
    assert.equal(result.changed, false);
    assert.match(result.reason!, /^little noise: \d\.\d of 255 levels/);
  });

  it('may have any size, from one pixel on', async () => {
    for (const [width, height] of [
      [1, 1],
      [1, 200],
      [51, 3],
      [50, 50],
      [101, 64],
    ] as const) {
      const clean = scene(width, height, 3);
      const data = withNoise(clean, 3, 20);
      const { picture } = await cleanPicture({ data, width, height }, { sigma: 20 });
      assert.equal(picture.data.length, data.length);
      if (width * height < 2000) continue;
      assert.ok(errorOf(picture.data, clean, 1) < errorOf(data, clean, 1) / 2, `${width} x ${height}`);
    }
  });

  it('does not show the tiles: a constant picture keeps its value', async () => {
    const data = new Uint8Array(SIZE.width * SIZE.height).fill(77);
    const { picture } = await cleanPicture({ data, ...SIZE }, { sigma: 25 });
    assert.deepEqual(picture.data, data);
  });

  it('may be given as an object whose members are getters, as those of ImageData are', async () => {
    const data = Uint8ClampedArray.from(toBytes(withNoise(scene(SIZE.width, SIZE.height, 4), 4, 20)));
    class Getters {
      get data() {
        return data;
      }
      get width() {
        return SIZE.width;
      }
      get height() {
        return SIZE.height;
      }
    }
    const { picture } = await cleanPicture(new Getters());
    const { picture: plain } = await cleanPicture({ data, ...SIZE });
    assert.deepEqual(picture, plain);
    assert.deepEqual([picture.width, picture.height], [SIZE.width, SIZE.height]);
  });

  it('keeps more noise with a smaller strength', async () => {
    const clean = scene(SIZE.width, SIZE.height, 1);
    const picture = { data: withNoise(clean, 1, 20), ...SIZE };
    const weak = await cleanPicture(picture, { strength: 0.3 });
    const usual = await cleanPicture(picture);
    const errors = [weak, usual].map((result) => errorOf(result.picture.data, clean, 1));
    assert.ok(errors[0]! > 1.5 * errors[1]!, String(errors));
  });

  it('is the output of a trained model where one is given', async () => {
    const model = await autoencoder({
      input: [16, 16, 1],
      encoder: [conv2d({ filters: 1, kernelSize: 1 })],
      decoder: [],
    });
    const [kernel, bias] = Object.entries(model.weights).map(([name, { shape }]) => ({ name, shape })) as [
      { name: string; shape: number[] },
      { name: string; shape: number[] },
    ];
    model.setWeights({
      [kernel.name]: { shape: kernel.shape, data: Float32Array.of(0.5) },
      [bias.name]: { shape: bias.shape, data: Float32Array.of(0) },
    });
    for (const data of [Uint8Array.of(200, 100, 50, 0), Uint16Array.of(200, 100, 50, 0)]) {
      const { picture, sigma } = await cleanPicture({ data, width: 2, height: 2 }, { model });
      assert.deepEqual(Array.from(picture.data), [100, 50, 25, 0]);
      assert.equal(sigma, undefined);
    }
  });

  it('is not finished after an abort, and reports progress up to 1', async () => {
    const data = withNoise(scene(SIZE.width, SIZE.height, 1), 1, 20);
    const reason = new Error('enough');
    const controller = new AbortController();
    const control = { signal: controller.signal, onProgress: () => controller.abort(reason) };
    await assert.rejects(cleanPicture({ data, ...SIZE }, {}, control), reason);
    const reports: number[] = [];
    await cleanPicture({ data, ...SIZE }, {}, { onProgress: (done) => reports.push(done) });
    assert.equal(reports.at(-1), 1);
    assert.deepEqual(
      reports,
      reports.toSorted((a, b) => a - b),
    );
  });

  it('raises errors for pictures and options that cannot be used', async () => {
    const picture: Picture = { data: new Uint8Array(30), width: 5, height: 2 };
    const cases: [() => Promise<unknown>, RegExp][] = [
      [() => cleanPicture({ ...picture, width: 4 }), /the picture expected 1\.\.4 channels of 4 x 2 values, got 30/],
      [() => cleanPicture({ ...picture, data: [] as unknown as Uint8Array }), /"data" expected bytes/],
      [() => cleanPicture(picture, { sigma: 0 }), /"sigma" expected 0\.\.255 or "auto", got 0/],
      [() => cleanPicture(picture, { strength: 9 }), /"strength" expected 0\.1\.\.4, got 9/],
    ];
    for (const [run, message] of cases) await assert.rejects(run, message);
  });
});
