import { equal, fails, ok, type Suite, sameBits } from './assert.ts';
import { averagingModel, detectorFor, flaggedShare, nearlyNormal, normalSamples, SIZE, withFeature } from './normal.ts';

export const detecting: Suite = {
  async 'detect flags scores above the threshold: badly reconstructed samples and samples far from the normal ones'(
    isthmus,
  ) {
    const detector = await detectorFor(isthmus);
    const x = normalSamples(200, 5);
    const scores = detector.score(x);
    equal(scores.length, 200);
    equal(
      detector.detect(x),
      Array.from(scores, (score) => score > detector.threshold),
    );
    ok(flaggedShare(detector.detect(x)) < 0.12, `${flaggedShare(detector.detect(x))} of normal samples flagged`);
    const typical = scores.reduce((sum, score) => sum + score, 0) / 200;
    ok(typical > 0.7 && typical < 1.4, `the mean score of normal samples is about 1, got ${typical}`);
    equal(
      flaggedShare(detector.detect(withFeature(x, 2, (value) => value + 1))),
      1,
      'one feature changed by ten times the noise',
    );
    const far = new Float32Array(SIZE).fill(9);
    ok(
      detector.model.reconstruct(far).every((value) => Math.abs(value - 9) < 1e-5),
      'the far sample is reconstructed well',
    );
    equal(detector.detect(far), [true], 'nine standard deviations along the line');
    sameBits(
      detector.score([x.subarray(6, 12), x.subarray(600, 606)]),
      [scores[1]!, scores[100]!],
      'a sample scored alone and in a batch',
    );
  },

  async 'bytes are read as value / 255'(isthmus) {
    const bytes = Uint8Array.from(normalSamples(300, 2), (value) => Math.max(0, Math.min(255, 128 + 30 * value)));
    const floats = Float32Array.from(bytes, (value) => value / 255);
    const [a, b] = [
      await isthmus.anomalyDetector(await averagingModel(isthmus), bytes),
      await isthmus.anomalyDetector(await averagingModel(isthmus), floats),
    ];
    sameBits(a.score(bytes), b.score(floats));
    equal(a.threshold, b.threshold);
    equal(a.falsePositiveRate, 0.01);
  },

  async 'scores do not change when data and model are multiplied by a constant'(isthmus) {
    const detector = await detectorFor(isthmus);
    const x = withFeature(normalSamples(400, 3), 1, (value) => value * 1.2);
    const scores = detector.score(x);
    ok(
      flaggedShare(detector.detect(x)) > 0.02 && flaggedShare(detector.detect(x)) < 0.98,
      'some samples are flagged and some are not',
    );
    for (const unit of [2 ** -20, 1024, 1e-6, 12345.678]) {
      const model = await averagingModel(isthmus, unit);
      const other = await isthmus.anomalyDetector(model, normalSamples(300, 1, unit), { falsePositiveRate: 0.05 });
      const scaled = other.score(x.map((value) => value * unit));
      if (Math.log2(unit) % 1 === 0) sameBits(scaled, scores, `unit ${unit}`);
      const worst = Math.max(...scaled.map((score, i) => Math.abs(score / scores[i]! - 1)));
      ok(worst < 1e-4, `unit ${unit}: scores within ${worst}`);
      ok(Math.abs(other.threshold / detector.threshold - 1) < 1e-4, `unit ${unit}: threshold ${other.threshold}`);
    }
  },

  async 'features are standardized: a noisy feature does not hide a quiet one, and a constant feature is checked too'(
    i,
  ) {
    const noisy = (n: number, seed: number) => {
      const noise = nearlyNormal(n, seed + 9);
      return normalSamples(n, seed).map((value, k) =>
        k % SIZE === 0 ? 20 * noise[Math.floor(k / SIZE)]! : k % SIZE === 1 ? 3 : value,
      );
    };
    // Feature 0 is noise and feature 1 is always 3. The model ignores both and reconstructs them as 0 and 3.
    const model = await averagingModel(i);
    const inner = (j: number) => (j > 1 ? 1 : 0);
    model.setWeights({
      'encoder.0.kernel': { shape: [SIZE, 1], data: Float32Array.from({ length: SIZE }, (_, j) => inner(j) / 4) },
      'decoder.0.kernel': { shape: [1, SIZE], data: Float32Array.from({ length: SIZE }, (_, j) => inner(j)) },
      'decoder.0.bias': { shape: [SIZE], data: Float32Array.from([0, 3, 0, 0, 0, 0]) },
    });
    const detector = await i.anomalyDetector(model, noisy(300, 1), { falsePositiveRate: 0.05 });
    const x = noisy(200, 4);
    ok(flaggedShare(detector.detect(x)) < 0.12, 'normal samples');
    equal(
      flaggedShare(detector.detect(withFeature(x, 3, (value) => value + 2))),
      1,
      'a change of 2 in a quiet feature, although the noisy one has a deviation of 20',
    );
    equal(flaggedShare(detector.detect(withFeature(x, 1, () => 5))), 1, 'a change of the constant feature');
    ok(detector.score(x).every(Number.isFinite), 'scores are finite');
  },

  async 'explain gives each feature its share of the squared score'(isthmus) {
    const detector = await detectorFor(isthmus);
    for (const [j, by] of [
      [0, 3],
      [4, -2],
    ] as const) {
      const x = withFeature(normalSamples(50, 8), j, (value) => value + by);
      const shares = detector.explain(x);
      equal(shares.length, x.length);
      for (let i = 0; i < 50; i++) {
        const row = shares.subarray(i * SIZE, (i + 1) * SIZE);
        ok(
          row.every((value) => value >= 0),
          'no share is negative',
        );
        ok(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-5, 'the sum of the shares is 1');
        equal(row.indexOf(Math.max(...row)), j, `sample ${i}`);
        ok(row[j]! > 0.5, `the changed feature has more than half, got ${row[j]}`);
      }
    }
    const far = detector.explain(new Float32Array(SIZE).fill(9));
    ok(
      far.every((value) => value > 0.1 && value < 0.25),
      `equal changes of all features give similar shares: ${far}`,
    );
  },

  async 'the mean rate of false positives over 300 calibrations is the expected one'(isthmus) {
    const { anomalyDetector } = isthmus;
    const model = await averagingModel(isthmus);
    for (const [rate, count, allowed] of [
      [0.1, 59, 4 / 41],
      [0.05, 89, 3 / 61],
      [0.5, 14, 5 / 11],
    ] as const) {
      // A third of `count`, at least 8, are reference samples. The n others set the threshold: floor((n + 1) · rate) of n + 1
      // may be flagged, which is `allowed`.
      const rates: number[] = [];
      for (let draw = 0; draw < 300; draw++) {
        const [seed, fresh] = [draw * 7919 + 13, draw * 104729 + 1013];
        const detector = await anomalyDetector(model, normalSamples(count, seed), { falsePositiveRate: rate });
        rates.push(flaggedShare(detector.detect(normalSamples(100, fresh))));
      }
      const mean = rates.reduce((sum, value) => sum + value, 0) / 300;
      const spread = Math.sqrt(rates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 300);
      const error = (4 * spread) / Math.sqrt(300);
      ok(Math.abs(mean - allowed) < error, `rate ${rate}: ${mean}, expected ${allowed} ± ${error}`);
      ok(error < 0.35 * rate, `the tolerance is small enough for the test to fail: ± ${error}`);
    }
  },

  async 'too few samples are refused with the number of samples that the rate needs'(isthmus) {
    const { anomalyDetector } = isthmus;
    const model = await averagingModel(isthmus);
    for (const [falsePositiveRate, need] of [
      [0.5, 9],
      [0.1, 17],
      [0.05, 27],
      [0.01, 107],
      [1 / 3, 10],
      [0.99, 9],
    ] as const) {
      const message = new RegExp(`"normalSamples" expected at least ${need} samples for a .*${falsePositiveRate}, got`);
      await fails(
        () => anomalyDetector(model, normalSamples(need - 1, 1), { falsePositiveRate }),
        'RangeError',
        new RegExp(`${message.source} ${need - 1}$`),
      );
      const detector = await anomalyDetector(model, normalSamples(need, 1), { falsePositiveRate });
      ok(detector.threshold > 0, `threshold ${detector.threshold}`);
    }
    await fails(
      () => anomalyDetector(model, normalSamples(500, 1), { falsePositiveRate: 1e-9 }),
      'RangeError',
      /1000000007/,
    );
  },

  async 'a rate next to 1 puts the threshold at the lowest score of the calibration samples'(isthmus) {
    const [model, x] = [await averagingModel(isthmus), normalSamples(90, 3)];
    for (const falsePositiveRate of [0.9999, 1 - 1e-12, 1 - 2 ** -53]) {
      const detector = await isthmus.anomalyDetector(model, x, { falsePositiveRate });
      ok(detector.threshold > 0 && detector.threshold < 1, `${falsePositiveRate}: ${detector.threshold}`);
      equal((await isthmus.loadDetector(detector.save())).threshold, detector.threshold);
    }
  },

  async 'invalid options, models and samples are refused'(isthmus) {
    const { anomalyDetector } = isthmus;
    const model = await averagingModel(isthmus);
    const x = normalSamples(300, 1);
    for (const [falsePositiveRate, name, got] of [
      [2, 'RangeError', '2'],
      [0, 'RangeError', '0'],
      [1, 'RangeError', '1'],
      [Number.NaN, 'RangeError', 'NaN'],
      ['0.1', 'TypeError', '"0.1"'],
      [null, 'TypeError', 'null'],
    ] as const) {
      await fails(
        () => anomalyDetector(model, x, { falsePositiveRate: falsePositiveRate as number }),
        name,
        new RegExp(`^"falsePositiveRate" expected a number in \\(0, 1\\), got ${got}$`),
      );
    }
    await fails(
      () => anomalyDetector(model, x, { rate: 1 } as never),
      'TypeError',
      /no other options than false.*"rate"/,
    );
    await fails(() => anomalyDetector(model, x, null as never), 'TypeError', /"options" expected an object/);
    await fails(() => anomalyDetector({} as never, x), 'TypeError', /a model made by autoencoder/);
    await fails(() => anomalyDetector(model, 'x' as never), 'TypeError', /"normalSamples" expected Float32Array/);
    await fails(() => anomalyDetector(model, x.subarray(1)), 'RangeError', /"normalSamples" expected a multiple of 6/);
    await fails(() => anomalyDetector(model, x.with(7, Number.NaN) as never), 'RangeError', /NaN in sample 1, value 1/);
    const { autoencoder, addHead, dense } = isthmus;
    const spec = { input: [SIZE], encoder: [dense({ units: 2 })], decoder: [dense({ units: SIZE })] };
    const headed = await addHead(await autoencoder(spec, { seed: 1 }), [dense({ units: SIZE })]);
    await fails(() => anomalyDetector(headed, x), 'RangeError', /"model" expected one with a decoder, got/);
    const detector = await anomalyDetector(model, x);
    for (const call of ['score', 'detect', 'explain'] as const) {
      await fails(() => detector[call](x.subarray(1)), 'RangeError', /"x" expected a multiple of 6/);
      await fails(() => detector[call](null as never), 'TypeError', /"x" expected Float32Array/);
    }
  },

  async 'scores and shares are finite: for a perfect model, constant data and values that overflow'(isthmus) {
    const { autoencoder, dense, anomalyDetector, loadDetector } = isthmus;
    const spec = { input: [2], encoder: [dense({ units: 2 })], decoder: [dense({ units: 2 })] };
    const model = await autoencoder(spec, { seed: 1 });
    const identity = { shape: [2, 2], data: Float32Array.from([1, 0, 0, 1]) };
    model.setWeights({ 'encoder.0.kernel': identity, 'decoder.0.kernel': identity });
    const perfect = await anomalyDetector(model, normalSamples(400, 1).subarray(0, 800));
    const flat = await anomalyDetector(model, new Float32Array(800).fill(3));
    const zero = await anomalyDetector(model, new Float32Array(800));
    const tiny = await anomalyDetector(model, normalSamples(400, 1, 1e-42).subarray(0, 800));
    const big = Float32Array.from([3e38, -3e38, 0, 3e38]);
    for (const [name, detector, normal] of [
      ['perfect', perfect, [0, 0]],
      ['flat', flat, [3, 3]],
      ['zero', zero, [0, 0]],
      ['tiny', tiny, [0, 0]],
    ] as const) {
      equal(detector.detect(Float32Array.from(normal)), [false], name);
      equal(detector.detect(big), [true, true], name);
      ok(detector.score(big).every(Number.isFinite), name);
      sameBits((await loadDetector(detector.save())).score(big), detector.score(big), name);
      const shares = [...detector.explain(big), ...detector.explain(Float32Array.from(normal))];
      for (let i = 0; i < 6; i += 2) ok(Math.abs(shares[i]! + shares[i + 1]! - 1) < 1e-6, `${name}: shares ${shares}`);
      ok(
        shares.every((value) => value >= 0),
        name,
      );
    }
    model.setWeights({ 'encoder.0.kernel': { shape: [2, 2], data: new Float32Array(4).fill(3e38) } });
    await fails(
      () => anomalyDetector(model, normalSamples(400, 1).subarray(0, 800)),
      'RangeError',
      /"model" expected .*finite/,
    );
    equal(perfect.detect(big), [true, true], 'a model that overflows flags the samples');
    ok([...perfect.score(big), ...perfect.explain(big)].every(Number.isFinite), 'scores and shares are finite');
  },
};
