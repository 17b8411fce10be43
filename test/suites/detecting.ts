import { equal, fails, ok, type Suite, sameBits } from './assert.ts';
import { averaging, bell, changed, detectorFor, line, SIZE, share } from './normal.ts';

export const detecting: Suite = {
  async 'a detector flags what is above its threshold: what reconstructs badly, and what is far out'(isthmus) {
    const detector = await detectorFor(isthmus);
    const x = line(200, 5);
    const scores = detector.score(x);
    equal(scores.length, 200);
    equal(
      detector.detect(x),
      Array.from(scores, (score) => score > detector.threshold),
    );
    ok(share(detector.detect(x)) < 0.12, `${share(detector.detect(x))} of normal samples flagged`);
    const typical = scores.reduce((sum, score) => sum + score, 0) / 200;
    ok(typical > 0.7 && typical < 1.4, `a usual score is about 1, got ${typical}`);
    equal(share(detector.detect(changed(x, 2, (value) => value + 1))), 1, 'one feature by ten times the noise');
    const far = new Float32Array(SIZE).fill(9);
    ok(
      detector.model.reconstruct(far).every((value) => Math.abs(value - 9) < 1e-5),
      'reconstructs well',
    );
    equal(detector.detect(far), [true], 'nine deviations along the line');
    sameBits(
      detector.score([x.subarray(6, 12), x.subarray(600, 606)]),
      [scores[1]!, scores[100]!],
      'alone and among others',
    );
  },

  async 'bytes are pixels'(isthmus) {
    const bytes = Uint8Array.from(line(300, 2), (value) => Math.max(0, Math.min(255, 128 + 30 * value)));
    const floats = Float32Array.from(bytes, (value) => value / 255);
    const [a, b] = [
      await isthmus.anomalyDetector(await averaging(isthmus), bytes),
      await isthmus.anomalyDetector(await averaging(isthmus), floats),
    ];
    sameBits(a.score(bytes), b.score(floats));
    equal(a.threshold, b.threshold);
    equal(a.falsePositiveRate, 0.01);
  },

  async 'a unit changes nothing: data and model times a constant'(isthmus) {
    const detector = await detectorFor(isthmus);
    const x = changed(line(400, 3), 1, (value) => value * 1.2);
    const scores = detector.score(x);
    ok(share(detector.detect(x)) > 0.02 && share(detector.detect(x)) < 0.98, 'some of each');
    for (const unit of [2 ** -20, 1024, 1e-6, 12345.678]) {
      const model = await averaging(isthmus, unit);
      const other = await isthmus.anomalyDetector(model, line(300, 1, unit), { falsePositiveRate: 0.05 });
      const own = other.score(x.map((value) => value * unit));
      if (Math.log2(unit) % 1 === 0) sameBits(own, scores, `unit ${unit}`);
      const worst = Math.max(...own.map((score, i) => Math.abs(score / scores[i]! - 1)));
      ok(worst < 1e-4, `unit ${unit}: scores within ${worst}`);
      ok(Math.abs(other.threshold / detector.threshold - 1) < 1e-4, `unit ${unit}: threshold ${other.threshold}`);
    }
  },

  async 'features are standardised: a noisy one does not hide a quiet one, and one that never changes is watched'(i) {
    const noisy = (n: number, seed: number) => {
      const noise = bell(n, seed + 9);
      return line(n, seed).map((value, k) =>
        k % SIZE === 0 ? 20 * noise[Math.floor(k / SIZE)]! : k % SIZE === 1 ? 3 : value,
      );
    };
    // Feature 0 is pure noise, feature 1 always 3: the model takes neither in and says 0 and 3.
    const model = await averaging(i);
    const inner = (j: number) => (j > 1 ? 1 : 0);
    model.setWeights({
      'encoder.0.kernel': { shape: [SIZE, 1], data: Float32Array.from({ length: SIZE }, (_, j) => inner(j) / 4) },
      'decoder.0.kernel': { shape: [1, SIZE], data: Float32Array.from({ length: SIZE }, (_, j) => inner(j)) },
      'decoder.0.bias': { shape: [SIZE], data: Float32Array.from([0, 3, 0, 0, 0, 0]) },
    });
    const detector = await i.anomalyDetector(model, noisy(300, 1), { falsePositiveRate: 0.05 });
    const x = noisy(200, 4);
    ok(share(detector.detect(x)) < 0.12, 'normal ones');
    equal(share(detector.detect(changed(x, 3, (value) => value + 2))), 1, 'two is little beside twenty, but not here');
    equal(share(detector.detect(changed(x, 1, () => 5))), 1, 'the one that never changed');
    ok(detector.score(x).every(Number.isFinite), 'finite');
  },

  async 'explain names the features, in shares'(isthmus) {
    const detector = await detectorFor(isthmus);
    for (const [j, by] of [
      [0, 3],
      [4, -2],
    ] as const) {
      const x = changed(line(50, 8), j, (value) => value + by);
      const shares = detector.explain(x);
      equal(shares.length, x.length);
      for (let i = 0; i < 50; i++) {
        const row = shares.subarray(i * SIZE, (i + 1) * SIZE);
        ok(
          row.every((value) => value >= 0),
          'none negative',
        );
        ok(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-5, 'sum 1');
        equal(row.indexOf(Math.max(...row)), j, `sample ${i}`);
        ok(row[j]! > 0.5, `more than half of it, got ${row[j]}`);
      }
    }
    const far = detector.explain(new Float32Array(SIZE).fill(9));
    ok(
      far.every((value) => value > 0.1 && value < 0.25),
      `all alike: ${far}`,
    );
  },

  async 'the rate asked for is kept: exactly on average, over 300 draws'(isthmus) {
    const { anomalyDetector } = isthmus;
    const model = await averaging(isthmus);
    for (const [rate, count, allowed] of [
      [0.1, 59, 4 / 41],
      [0.05, 89, 3 / 61],
      [0.5, 14, 5 / 11],
    ] as const) {
      // Of `count` samples a third, at least 8, say what is usual; `allowed` of the others and one more may be flagged.
      const rates: number[] = [];
      for (let draw = 0; draw < 300; draw++) {
        const [seed, fresh] = [draw * 7919 + 13, draw * 104729 + 1013];
        const detector = await anomalyDetector(model, line(count, seed), { falsePositiveRate: rate });
        rates.push(share(detector.detect(line(100, fresh))));
      }
      const mean = rates.reduce((sum, value) => sum + value, 0) / 300;
      const spread = Math.sqrt(rates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 300);
      const error = (4 * spread) / Math.sqrt(300);
      ok(Math.abs(mean - allowed) < error, `asked ${rate}: ${mean}, expected ${allowed} ± ${error}`);
      ok(error < 0.35 * rate, `a test that can fail: ± ${error}`);
    }
  },

  async 'too few samples are refused, saying how many it takes'(isthmus) {
    const { anomalyDetector } = isthmus;
    const model = await averaging(isthmus);
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
        () => anomalyDetector(model, line(need - 1, 1), { falsePositiveRate }),
        'RangeError',
        new RegExp(`${message.source} ${need - 1}$`),
      );
      const detector = await anomalyDetector(model, line(need, 1), { falsePositiveRate });
      ok(detector.threshold > 0, `threshold ${detector.threshold}`);
    }
    await fails(() => anomalyDetector(model, line(500, 1), { falsePositiveRate: 1e-9 }), 'RangeError', /1000000007/);
  },

  async 'a rate next to 1 flags all but the least strange of those that set the threshold'(isthmus) {
    const [model, x] = [await averaging(isthmus), line(90, 3)];
    for (const falsePositiveRate of [0.9999, 1 - 1e-12, 1 - 2 ** -53]) {
      const detector = await isthmus.anomalyDetector(model, x, { falsePositiveRate });
      ok(detector.threshold > 0 && detector.threshold < 1, `${falsePositiveRate}: ${detector.threshold}`);
      equal((await isthmus.loadDetector(detector.save())).threshold, detector.threshold);
    }
  },

  async 'bad input is refused at once'(isthmus) {
    const { anomalyDetector } = isthmus;
    const model = await averaging(isthmus);
    const x = line(300, 1);
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

  async 'nothing is infinite: a perfect model, constant data, values that overflow'(isthmus) {
    const { autoencoder, dense, anomalyDetector, loadDetector } = isthmus;
    const spec = { input: [2], encoder: [dense({ units: 2 })], decoder: [dense({ units: 2 })] };
    const model = await autoencoder(spec, { seed: 1 });
    const identity = { shape: [2, 2], data: Float32Array.from([1, 0, 0, 1]) };
    model.setWeights({ 'encoder.0.kernel': identity, 'decoder.0.kernel': identity });
    const perfect = await anomalyDetector(model, line(400, 1).subarray(0, 800));
    const flat = await anomalyDetector(model, new Float32Array(800).fill(3));
    const zero = await anomalyDetector(model, new Float32Array(800));
    const tiny = await anomalyDetector(model, line(400, 1, 1e-42).subarray(0, 800));
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
    await fails(() => anomalyDetector(model, line(400, 1).subarray(0, 800)), 'RangeError', /"model" expected .*finite/);
    equal(perfect.detect(big), [true, true], 'a model that overflows');
    ok([...perfect.score(big), ...perfect.explain(big)].every(Number.isFinite), 'finite');
  },
};
