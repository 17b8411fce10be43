// Jest with its default configuration, except for the environment: CommonJS.
const {
  autoencoder,
  createCodec,
  dense,
  denoiseImage,
  fit: train,
  flatten,
  loadCodec,
  loadModel,
  reshape,
  saveModel,
} = require('isthmus');

const x = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 17) / 17);

async function use() {
  const decoder = [dense({ units: 64 }), reshape({ targetShape: [8, 8, 1] })];
  const m = await autoencoder({ input: [8, 8, 1], encoder: [flatten(), dense({ units: 8 })], decoder }, { seed: 1 });
  const { loss } = await train(m, x, { epochs: 20, validationData: x });
  expect(loss[19]).toBeLessThan(loss[0]);
  expect(await loadModel(saveModel(m)).then((back) => back.encode(x))).toEqual(m.encode(x));
  const codec = await createCodec(m, x, { maxError: 0.01 });
  const back = (await loadCodec(codec.save())).decompress(codec.compress(x));
  expect(Math.max(...back.map((value, i) => Math.abs(value - x[i])))).toBeLessThanOrEqual(0.01);
  const picture = { width: 64, height: 64, data: new Uint8ClampedArray(4 * 64 * 64) };
  expect((await denoiseImage(m, picture)).data).toHaveLength(4 * 64 * 64);
  await expect(loadModel(new Uint8Array(3))).rejects.toMatchObject({ name: 'FormatError', code: 'truncated' });
}

test('a model is trained, kept and used', use);

for (const options of [undefined, { legacyFakeTimers: true }])
  test(`the same under fake timers ${JSON.stringify(options)}`, async () => {
    jest.useFakeTimers(options);
    try {
      await use();
    } finally {
      jest.useRealTimers();
    }
  });

test('other tasks have their turn while it trains', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const m = await autoencoder({ input: [512], encoder: [dense({ units: 256 })], decoder: [dense({ units: 512 })] });
  await train(m, new Float32Array(512 * 32 * 60));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});
