// Statistics in files: of models of every type, of codecs, of detectors, and in heads.
import { equal, ok, type Suite, sameBits } from './assert.ts';
import {
  build,
  centers,
  channels,
  checkStatistics,
  deterministicOptions,
  scales,
  table,
  x,
} from './normalizing-data.ts';

export const normalizingFiles: Suite = {
  async 'files of every type, codecs, detectors and heads store statistics exactly'(i) {
    const m = await build(i);
    await i.fit(m, x, { ...deterministicOptions, epochs: 30, optimizer: i.adam(0.01) });
    for (const dtype of ['float32', 'float16', 'int8'] as const) {
      const loaded = await i.loadModel(i.saveModel(m, { dtype }));
      equal(loaded.spec, m.spec);
      for (const name of ['encoder.0.mean', 'encoder.0.deviation', 'decoder.2.mean', 'decoder.2.deviation'])
        sameBits(loaded.weights[name]!.data, m.weights[name]!.data, `${dtype}: ${name}`);
      if (dtype === 'float32') sameBits(loaded.reconstruct(x), m.reconstruct(x), 'reconstruct');
    }
    for (const options of [{ maxError: 0.5 }, { step: 0.05 }, { step: 0.05, dtype: 'float16' }] as const) {
      const codec = await i.createCodec(m, x, options);
      const packed = codec.compress(x);
      const loaded = await i.loadCodec(codec.save());
      equal(loaded.compress(x), packed, 'the same bytes');
      const y = loaded.decompress(packed);
      sameBits(y, codec.decompress(packed), 'the same values');
      if ('maxError' in options)
        ok(
          y.every((v, k) => Math.abs(v - x[k]!) <= 0.5),
          'within the bound',
        );
      else
        ok(
          y.every(
            (v, k) =>
              Math.abs(v - x[k]!) <= 2 * Math.max(scales[k % channels]!, 1e-6 * Math.abs(centers[k % channels]!)),
          ),
          'near',
        );
    }
    const detector = await i.anomalyDetector(m, table(200, 5), { falsePositiveRate: 0.05 });
    const strange = x.slice(0, channels);
    strange[0] = 0.02;
    ok(detector.detect(strange)[0], 'an anomaly of the smallest channel');
    sameBits((await i.loadDetector(detector.save())).score(x), detector.score(x), 'the detector');
    const head = await i.addHead(m, [i.normalization(), i.dense({ units: 2, activation: 'softmax' })], {
      freeze: true,
      seed: 1,
    });
    await i.fit(head, x, {
      ...deterministicOptions,
      labels: Array.from({ length: 300 }, (_, k) => +(x[channels * k]! > 0)),
      epochs: 30,
      optimizer: i.adam(0.05),
    });
    sameBits(
      head.weights['encoder.0.mean']!.data,
      m.weights['encoder.0.mean']!.data,
      'a head keeps those of the encoder',
    );
    checkStatistics(head, 'head.0', m.encode(x), 2);
  },

  async 'files store running statistics of batches exactly, also a variance beyond the range of float16'(i) {
    const m = await i.autoencoder({
      input: [2],
      encoder: [i.batchNormalization({ momentum: 0 }), i.dense({ units: 2 })],
      decoder: [],
    });
    await i.fit(
      m,
      Float32Array.from({ length: 40 }, (_, k) => 1e4 * k + 1),
      { batchSize: 20, epochs: 3 },
    );
    ok(m.weights['encoder.0.movingVariance']!.data[0]! > 65504, 'a large variance');
    for (const dtype of ['float16', 'int8'] as const) {
      const { weights } = await i.loadModel(i.saveModel(m, { dtype }));
      for (const name of ['movingMean', 'movingVariance'])
        sameBits(weights[`encoder.0.${name}`]!.data, m.weights[`encoder.0.${name}`]!.data, name);
    }
  },
};
