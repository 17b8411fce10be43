import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';
import { affineModel, randomPicture, shiftingModel, vectorModel } from './windows.ts';

/** A model with so many operations a tile that a picture of 300 x 300 pixels takes several batches. */
const slow = ({ autoencoder, conv2d }: Isthmus) =>
  autoencoder(
    {
      input: [32, 32, 1],
      encoder: [conv2d({ filters: 16, kernelSize: 5, padding: 'same' })],
      decoder: [conv2d({ filters: 1, kernelSize: 5, padding: 'same' })],
    },
    { seed: 1 },
  );

/** `denoiseImage`. */
export const pictures: Suite = {
  async 'an identity model returns the picture unchanged, at any size and overlap'(isthmus) {
    const { denoiseImage } = isthmus;
    for (const depth of [1, 3]) {
      const m = await affineModel(isthmus, [12, 10, depth]);
      for (const [width, height] of [[1, 1], [1, 40], [3, 2], [10, 12], [11, 12], [10, 13], [37, 41], [60, 7]] as const) // biome-ignore format: a list
        for (const overlap of [undefined, 0, 1, 5, 8, 9]) {
          const name = `${width} x ${height} x ${depth}, overlap ${overlap}`;
          const picture = randomPicture(width, height, depth, width + height);
          const before = picture.data.slice();
          const clean = await denoiseImage(m, picture, overlap === undefined ? {} : { overlap });
          equal([clean.width, clean.height, clean.data.constructor], [width, height, Uint8Array], name);
          sameBits(clean.data, before, name);
          sameBits(picture.data, before, `${name}: the input`);
          const floats = { width, height, data: numbers(width * height * depth).map((v) => 40 * v) };
          const { data } = await denoiseImage(m, floats, overlap === undefined ? {} : { overlap });
          equal(data.constructor, Float32Array);
          close(data, floats.data, 1e-5, name);
        }
    }
  },

  async 'the weights of all tiles sum to 1 at every pixel'(isthmus) {
    const m = await affineModel(isthmus, [9, 7, 1], 0, 1);
    for (const overlap of [0, 1, 2, 3, 4, 5, 6]) {
      const data = new Float32Array(61 * 47);
      const clean = await isthmus.denoiseImage(m, { data, width: 61, height: 47 }, { overlap });
      close(clean.data, new Float32Array(data.length).fill(1), 1e-6, `overlap ${overlap}`);
    }
  },

  async 'overlapping tiles blend without a step'(isthmus) {
    // The model's output is always a ramp from 0 to 1. Without overlap the picture falls from 1 to 0 at every seam.
    const ramp = Float32Array.from({ length: 256 }, (_, i) => (i % 16) / 15);
    const m = await vectorModel(isthmus, 256, ramp, 0);
    const steps = async (overlap: number): Promise<number> => {
      const width = 100;
      const { data } = await isthmus.denoiseImage(
        m,
        { data: new Float32Array(width * 30), width, height: 30 },
        { overlap },
      );
      return Math.max(...data.map((v, i) => (i % width ? Math.abs(v - data[i - 1]!) : 0)));
    };
    close([await steps(0)], [1], 1e-6, 'without overlap');
    ok((await steps(8)) < 0.15, `with overlap: ${await steps(8)}`);
  },

  async 'the picture is mirrored at its borders, and the edges of tiles have little weight'(isthmus) {
    const mirror = (i: number, n: number): number => (n === 1 ? 0 : i < 0 ? -i : i);
    const m = await shiftingModel(isthmus, [24, 20, 1]);
    for (const [width, height, error] of [
      [1, 1, 0],
      [5, 3, 1e-6],
      [50, 61, 0.02],
      [21, 24, 0.02],
    ] as const) {
      const data = numbers(width * height).map((v) => (v + 1) / 2);
      const expected = data.map((_, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        return data[mirror(y - 1, height) * width + mirror(x - 1, width)]!;
      });
      const clean = await isthmus.denoiseImage(m, { data, width, height });
      // A picture as high as a tile has one row of tiles, and its first line is the first line of a tile, without mirroring.
      const from = height === 24 ? width : 0;
      close(clean.data.subarray(from), expected.subarray(from), error, `${width} x ${height}`);
    }
  },

  async 'alpha and further properties of the picture do not change'(isthmus) {
    const { denoiseImage } = isthmus;
    const models = { 1: await affineModel(isthmus, [8, 8, 1], 0.5), 3: await affineModel(isthmus, [8, 8, 3], 0.5) };
    for (const [channels, depth] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [3, 3],
      [4, 1],
      [4, 3],
      [5, 1],
    ] as const) {
      const picture = {
        ...randomPicture(13, 9, channels),
        data: Uint8ClampedArray.from(randomPicture(13, 9, channels).data, (v) => v & 254),
        depth: 8,
      };
      const clean = await denoiseImage(models[depth], picture);
      equal([clean.depth, clean.data.constructor], [8, Uint8ClampedArray]);
      const alpha = (i: number): boolean => (channels === 2 || channels === 4) && i % channels === channels - 1;
      const expected = picture.data.map((v, i) => (alpha(i) ? v : v / 2));
      sameBits(clean.data, expected, `${channels} channels, a model of ${depth}`);
    }
    const four = await affineModel(isthmus, [8, 8, 4], 0);
    ok(
      (await denoiseImage(four, randomPicture(13, 9, 4))).data.every((v) => v === 0),
      'a model of four channels cleans alpha too',
    );
  },

  async 'an ImageData becomes an ImageData'(isthmus) {
    class Fake {
      readonly #of: unknown[];
      constructor(...of: unknown[]) {
        this.#of = of;
      }
      get data() {
        return this.#of[0] as Uint8ClampedArray;
      }
      get width() {
        return this.#of[1] as number;
      }
      get height() {
        return this.#of[2] as number;
      }
      get colorSpace() {
        return (this.#of[3] as { colorSpace: string }).colorSpace;
      }
      get [Symbol.toStringTag]() {
        return 'ImageData';
      }
    }
    const data = new Uint8ClampedArray(randomPicture(9, 7, 4).data);
    const m = await affineModel(isthmus, [8, 8, 3]);
    const clean = await isthmus.denoiseImage(m, new Fake(data, 9, 7, { colorSpace: 'display-p3' }));
    ok(clean instanceof Fake && clean.data !== data, 'the result has the same class and a new array');
    equal([clean.width, clean.height, clean.colorSpace], [9, 7, 'display-p3']);
    sameBits(clean.data, data);
  },

  async 'outputs outside 0..1 are clamped in pictures of bytes, not in pictures of floats'(isthmus) {
    const m = await affineModel(isthmus, [4, 4, 1], 3, -0.5);
    const data = Uint8Array.of(0, 10, 60, 255);
    equal([...(await isthmus.denoiseImage(m, { data, width: 4, height: 1 })).data], [0, 0, 53, 255]);
    const floats = await isthmus.denoiseImage(m, { data: Float32Array.of(0, 9), width: 1, height: 2 });
    close(floats.data, [-0.5, 26.5], 1e-6);
  },

  async 'a model of vectors of n² values cleans tiles of n x n pixels'(isthmus) {
    const m = await vectorModel(isthmus, 36);
    const picture = randomPicture(17, 14, 3);
    sameBits((await isthmus.denoiseImage(m, picture, { overlap: 5 })).data, picture.data);
  },

  async 'a picture of the size of a tile is the reconstruction of the model'(isthmus) {
    const m = await slow(isthmus);
    const data = numbers(32 * 32).map((v) => (v + 1) / 2);
    const clean = await isthmus.denoiseImage(m, { data, width: 32, height: 32 });
    close(clean.data, m.reconstruct(data), 1e-6);
  },

  async 'denoiseImage reports progress up to 1 and lets other tasks run'(isthmus) {
    const m = await slow(isthmus);
    const shares: number[] = [];
    let ran = false;
    await isthmus.denoiseImage(m, randomPicture(300, 300, 1), {
      async onProgress(done) {
        await undefined;
        if (shares.push(done) > 1) return;
        setTimeout(() => {
          ran = done < 1 && shares.at(-1)! < 1;
        }, 0);
        // Busy until the timer is due, so that the next yield to the event loop runs it.
        for (const since = Date.now(); Date.now() < since + 5; );
      },
    });
    ok(shares.length > 3, `${shares.length} batches`);
    ok(
      shares.every((share, i) => share > (shares[i - 1] ?? 0)),
      `${shares}`,
    );
    equal(shares.at(-1), 1);
    ok(ran, 'another task ran before the end');
  },

  async 'an abort stops denoiseImage before the first batch and between two batches'(isthmus) {
    const m = await slow(isthmus);
    const picture = randomPicture(300, 300, 1);
    const controller = new AbortController();
    const shares: number[] = [];
    const onProgress = (done: number): void => {
      if (shares.push(done) === 2) controller.abort(new RangeError('enough'));
    };
    const options = { signal: controller.signal, onProgress };
    await fails(() => isthmus.denoiseImage(m, picture, options), 'RangeError', /^enough$/);
    equal(shares.length, 2);
    await fails(() => isthmus.denoiseImage(m, picture, options), 'RangeError', /^enough$/);
    equal(shares.length, 2);
    const onError = async (): Promise<void> => {
      throw new RangeError('mine');
    };
    await fails(() => isthmus.denoiseImage(m, picture, { onProgress: onError }), 'RangeError', /^mine$/);
  },

  async 'invalid pictures, options and models are refused'(isthmus) {
    const { denoiseImage, autoencoder, dense } = isthmus;
    const m = await affineModel(isthmus, [28, 30, 3]);
    const picture = randomPicture(6, 4, 3);
    const wrong = (image: unknown, options: unknown, name: string, message: RegExp, model: unknown = m) =>
      fails(() => denoiseImage(model as typeof m, image as typeof picture, options as object), name, message);
    await wrong(picture, { overlap: 28 }, 'RangeError', /"overlap" expected integer 0\.\.27, got 28/);
    await wrong(picture, { overlap: -1 }, 'RangeError', /"overlap" expected integer 0\.\.27, got -1/);
    await wrong(picture, { overlap: '8' }, 'TypeError', /"overlap" expected integer 0\.\.27, got "8"/);
    await wrong(
      picture,
      { overlab: 8 },
      'TypeError',
      /no other options than overlap \(did you mean that\?\) and 3 more, got "overlab"/,
    );
    await wrong(picture, { signal: {} }, 'TypeError', /"signal" expected an AbortSignal/);
    await wrong(picture, { onProgress: 1 }, 'TypeError', /"onProgress" expected a function/);
    await wrong(picture, 8, 'TypeError', /"options" expected an object/);
    await wrong(null, {}, 'TypeError', /"imageData" expected an object \{ data, width, height \}, got null/);
    await wrong(
      { ...picture, data: [...picture.data] },
      {},
      'TypeError',
      /"imageData.data" expected Uint8ClampedArray/,
    );
    await wrong({ ...picture, data: new Uint16Array(72) }, {}, 'TypeError', /got Uint16Array\(72\)/);
    await wrong({ ...picture, width: 0 }, {}, 'RangeError', /"imageData.width" expected integer 1/);
    await wrong({ ...picture, height: 2.5 }, {}, 'RangeError', /"imageData.height" expected integer 1/);
    await wrong({ ...picture, height: '4' }, {}, 'TypeError', /"imageData.height" expected integer 1/);
    await wrong(
      { ...picture, width: 5 },
      {},
      'RangeError',
      /multiple of 20 values, 5 x 4 pixels, got Uint8Array\(72\)/,
    );
    await wrong({ ...picture, data: new Uint8Array(0) }, {}, 'RangeError', /multiple of 24 values/);
    await wrong(randomPicture(6, 4, 1), {}, 'RangeError', /"imageData" expected 3 channels, or 4 with alpha, .* got 1/);
    await wrong(randomPicture(6, 4, 5), {}, 'RangeError', /"imageData" expected 3 channels/);
    for (const bad of [Number.NaN, Infinity]) {
      const data = new Float32Array(72).fill(bad, 5);
      await wrong(
        { ...picture, data },
        {},
        'RangeError',
        new RegExp(`"imageData.data" expected finite.*${bad} as value 5`),
      );
    }
    await wrong(picture, {}, 'TypeError', /"model" expected a model made by autoencoder/, {});
    const vector = await autoencoder({ input: [35], encoder: [dense({ units: 2 })], decoder: [dense({ units: 35 })] });
    await wrong(
      picture,
      {},
      'RangeError',
      /input is \[height, width, channels\], or \[side \* side\], got \[35\]/,
      vector,
    );
    await wrong(
      picture,
      {},
      'RangeError',
      /"model" expected one whose output is finite, got (NaN|Infinity)/,
      await affineModel(isthmus, [8, 8, 3], 3e38, 3e38),
    );
    const coder = await isthmus.loadModel(isthmus.saveModel(m, { part: 'encoder' }));
    await wrong(picture, {}, 'RangeError', /"model" expected one with a decoder/, coder);
  },
};
