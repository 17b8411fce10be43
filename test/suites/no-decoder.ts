// A spec whose decoder has no layers: a network without a bottleneck. All results are compared, to the bit, with those of the
// same network with an identity decoder.
import { equal, fails, type Isthmus, numbers, ok, type Suite, sameBits, sheetSamples } from './assert.ts';

const size = 6;
const x = sheetSamples(60, size);

type Spec = Parameters<Isthmus['autoencoder']>[0];

/** A model without a decoder, and the same model with an identity decoder. */
async function two(i: Isthmus, spec: Omit<Spec, 'input' | 'decoder'>) {
  const build = (decoder: Spec['decoder']) => i.autoencoder({ input: [size], ...spec, decoder: decoder! }, { seed: 3 });
  return [await build([]), await build([i.flatten()])] as const;
}

const weightsOf = (m: Awaited<ReturnType<Isthmus['autoencoder']>>): number[] =>
  Object.values(m.weights).flatMap(({ data }) => [...data]);

export const noDecoder: Suite = {
  async 'a model without decoder layers returns the code as the reconstruction'(i) {
    const encoder = [i.dense({ units: 9, activation: 'gelu' }), i.dense({ units: size, activation: 'sigmoid' })];
    const [m, same] = await two(i, { encoder });
    equal(m.spec.decoder, []);
    equal([m.inputShape, m.latentShape, m.outputShape], [[size], [size], [size]]);
    sameBits(m.encode(x), same.encode(x), 'encode');
    sameBits(m.reconstruct(x), m.encode(x), 'reconstruct');
    sameBits(m.decode(x), x, 'decode');
    sameBits(m.predict(x), m.encode(x), 'predict');
    ok(/encoder\.1 +dense +\[6\] +60\n-+\n123 parameters, latent \[6\]$/.test(m.summary()), m.summary());
    const bytes = Uint8Array.from(x, (v) => 255 * v);
    sameBits(m.reconstruct(bytes), same.reconstruct(bytes), 'bytes');
    const loaded = await i.loadModel(i.saveModel(m));
    equal(loaded.spec, m.spec);
    sameBits(loaded.reconstruct(x), m.reconstruct(x), 'loaded');
    const alone = await i.loadModel(i.saveModel(m, { part: 'encoder' }));
    equal(alone.spec.decoder, undefined);
    sameBits(alone.encode(x), m.encode(x), 'the encoder alone');
    const head = await i.addHead(m, [i.dense({ units: 2, activation: 'softmax' })]);
    await i.fit(head, x, { labels: Array.from({ length: 60 }, (_, k) => k % 2) });
    equal(i.classify(head, x).length, 60);
  },

  async 'a model without decoder layers trains, with every bottleneck and from a checkpoint, like one with an identity decoder'(
    i,
  ) {
    const wide = [i.dense({ units: 12, activation: 'relu' }), i.dense({ units: size, activation: 'tanh' })];
    const bottlenecks = [
      undefined,
      i.variational({ units: size, beta: 0.1 }),
      i.sparse({ l1: 1e-3 }),
      i.kSparse({ k: 3 }),
      i.quantized({ step: 0.1 }),
      i.contractive({ weight: 0.1 }),
    ];
    const path = i.residual({ layers: [i.dense({ units: 4 }), i.dense({ units: size })] });
    const specs = [
      ...bottlenecks.map((latent) => ({ encoder: wide, ...(latent && { latent }) })),
      { encoder: [i.batchNormalization(), path], corruption: i.gaussianNoise({ stddev: 0.1 }) },
      { encoder: [path, i.activation({ activation: 'sigmoid' })], loss: 'binaryCrossentropy' as const },
    ];
    for (const spec of specs) {
      const name = JSON.stringify(spec);
      const [a, b] = await two(i, spec);
      const options = {
        ...{ epochs: 4, batchSize: 16, deterministic: true, validationData: x, clipNorm: 1 },
        ...(spec === specs[0] && { contractive: i.contractive({ weight: 0.05 }) }),
        ...('latent' in spec && spec.latent?.type === 'quantized' && { rateWeight: 0.01 }),
      };
      const [first, second] = [await i.fit(a, x, options), await i.fit(b, x, options)];
      equal([first.loss, first.valLoss], [second.loss, second.valLoss], name);
      sameBits(weightsOf(a), weightsOf(b), name);
      equal(i.evaluate(a, x, { draws: 3 }), i.evaluate(b, x, { draws: 3 }), name);
      const [c] = await two(i, spec);
      const back = await i.loadCheckpoint(i.saveCheckpoint(c, await i.fit(c, x, { ...options, epochs: 2 })));
      await i.fit(back.model, x, { ...options, resume: back.history });
      sameBits(weightsOf(back.model), weightsOf(a), `${name}: resumed`);
    }
  },

  async 'codecs, detectors and generating functions work without a decoder'(i) {
    const encoder = [i.residual({ layers: [i.dense({ units: 4 }), i.dense({ units: size })] })];
    const [m, same] = await two(i, { encoder });
    const bytes = Uint8Array.from(x, (v) => 255 * v);
    for (const options of [
      { step: 0.05 },
      { maxError: 0.01 },
      { relativeError: 0.01 },
      { psnr: 40 },
      { lossless: true },
    ] as const) {
      const name = JSON.stringify(options);
      const data = 'lossless' in options ? bytes : x;
      const [a, b] = [await i.createCodec(m, data, options), await i.createCodec(same, data, options)];
      const packed = a.compress(data);
      const loaded = await i.loadCodec(a.save());
      equal(loaded.compress(data), packed, name);
      const y = loaded.decompress(packed);
      sameBits(y, b.decompress(b.compress(data)), name);
      if (options.maxError)
        ok(
          y.every((v, k) => Math.abs(v - x[k]!) <= 0.01),
          name,
        );
    }
    const options = { falsePositiveRate: 0.1 };
    const [d, e] = [await i.anomalyDetector(m, x, options), await i.anomalyDetector(same, x, options)];
    sameBits(d.score(x), e.score(x), 'scores');
    sameBits((await i.loadDetector(d.save())).score(x), d.score(x), 'loaded');
    sameBits(
      i.interpolate(m, x.subarray(0, size), x.subarray(size, 2 * size), 4),
      i.interpolate(same, x.subarray(0, size), x.subarray(size, 2 * size), 4),
      'interpolate',
    );
    sameBits(
      i.sample(m, 4, { seed: 1, from: i.fitMixture(m, x, { components: 2, seed: 1 }) }),
      i.sample(same, 4, { seed: 1, from: i.fitMixture(same, x, { components: 2, seed: 1 }) }),
      'sample',
    );
    const mask = numbers(x.length).map((v) => +(v > 0));
    sameBits(i.inpaint(m, x, mask), i.inpaint(same, x, mask), 'inpaint');
    const conv = i.conv2d({ filters: 1, kernelSize: 3, padding: 'same' });
    const tiles = await i.autoencoder({ input: [8, 8, 1], encoder: [i.residual({ layers: [conv] })], decoder: [] });
    const clean = await i.denoiseImage(tiles, { width: 13, height: 9, channels: 1, data: numbers(117) });
    equal(clean.data.length, 117);
    const windows = await i.autoencoder({
      input: [16, 1],
      encoder: [i.conv1d({ filters: 1, kernelSize: 5, padding: 'same' })],
      decoder: [],
    });
    equal(i.denoiseSignal(windows, numbers(50)).length, 50);
  },

  async 'an encoder whose output does not have the shape of the input is refused, and so are other empty lists'(i) {
    const encoder = [i.dense({ units: 4 })];
    await fails(
      () => i.autoencoder({ input: [size], encoder, decoder: [] }),
      'RangeError',
      /"decoder" expected to end in the input's shape \[6\], got \[4\]/,
    );
    await fails(
      () => i.autoencoder({ input: [size], encoder: [], decoder: encoder }),
      'RangeError',
      /"encoder" expected at least one layer/,
    );
    await fails(
      () => i.autoencoder({ input: [size], encoder } as never),
      'TypeError',
      /"decoder" expected an array of layers/,
    );
    await fails(
      () => i.autoencoder({ input: [size], encoder, decoder: {} } as never),
      'TypeError',
      /"decoder" expected an array of layers/,
    );
    await fails(
      async () => i.addHead(await i.autoencoder({ input: [4], encoder, decoder: [] }), []),
      'RangeError',
      /"head" expected at least one layer/,
    );
  },
};
