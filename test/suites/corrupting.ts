import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';
import { deterministicOptions } from './small-model.ts';

const shape = [6, 5, 1];
const size = 30;
const count = 120;
const x = numbers(count * size, 3).map((v) => 0.5 + v / 2);
type Options = Parameters<Isthmus['fit']>[2] & object;

/** An identity model: its loss is the error of the corrupted input against the target. */
async function identity({ autoencoder, dense, flatten, reshape }: Isthmus, corruption?: Options['corruption']) {
  const m = await autoencoder(
    {
      input: shape,
      encoder: [flatten(), dense({ units: size, useBias: false })],
      decoder: [reshape({ targetShape: shape })],
      ...(corruption && { corruption }),
    },
    { seed: 5 },
  );
  const data = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) ? 0 : 1));
  m.setWeights({ 'encoder.1.kernel': { shape: [size, size], data } });
  return m;
}

/** The loss of each epoch with a learning rate so small that the weights do not change. */
async function losses(isthmus: Isthmus, options: Options, samples: Parameters<Isthmus['fit']>[1] = x) {
  const m = await identity(isthmus);
  return (
    await isthmus.fit(m, samples, { ...deterministicOptions, epochs: 3, optimizer: isthmus.sgd(1e-30), ...options })
  ).loss;
}

const noises = (i: Isthmus) => [
  i.gaussianNoise({ stddev: [0, 0.4], clip: [0, 1] }),
  i.maskingNoise({ rate: [0.1, 0.5] }),
  i.saltAndPepper({ rate: 0.2, low: 0.1, high: 0.9 }),
  i.poissonNoise({ peak: [3, 60] }),
  i.blockMask({ size: [3, 2], value: 0.5 }),
  i.blockMask({ share: [0.1, 0.4] }),
  i.mixture([i.gaussianNoise({ stddev: 0.2 }), i.maskingNoise({ rate: 0.3 })], { weights: [1, 3] }),
];
const augmentations = (i: Isthmus) => [
  i.shift({ x: 2, y: 1 }),
  i.flip({ horizontal: true }),
  i.brightness({ delta: 0.1, contrast: 0.2, clip: [0, 1] }),
];

/** Corruptions of the input, and augmentations of samples and targets. */
export const corrupting: Suite = {
  async 'corruptions change the input but not the target, at their level, with new noise in every epoch'(i) {
    const squares = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    for (const [corruption, expected] of [
      [i.maskingNoise({ rate: 0.3 }), 0.3 * squares],
      [i.maskingNoise({ rate: [0.1, 0.5] }), 0.3 * squares],
      [i.gaussianNoise({ stddev: 0.2 }), 0.04],
      [i.gaussianNoise({ stddev: [0.1, 0.4] }), (0.1 ** 2 + 0.1 * 0.4 + 0.4 ** 2) / 3],
      [i.poissonNoise({ peak: 10 }), mean / 10],
      [i.blockMask({ size: 3 }), 0.3 * squares],
      [[i.maskingNoise({ rate: 0.5 }), i.maskingNoise({ rate: 0.5 })], 0.75 * squares],
      [i.mixture([i.maskingNoise({ rate: 0 }), i.gaussianNoise({ stddev: 0.3 })]), 0.045],
    ] as const) {
      const loss = await losses(i, { corruption, epochs: 8 });
      const average = loss.reduce((sum, v) => sum + v, 0) / 8;
      ok(Math.abs(average / expected - 1) < 0.08, `${JSON.stringify(corruption)}: ${average}, expected ${expected}`);
      equal(new Set(loss).size, 8, 'noise is fresh in every epoch');
    }
    close(await losses(i, { corruption: i.maskingNoise({ rate: 0 }) }), [0, 0, 0], 1e-12);
  },

  async 'augmented samples are also the targets, and corruptions are applied after augmentations'(i) {
    for (const augment of [...augmentations(i), augmentations(i)]) {
      close(await losses(i, { augment }), [0, 0, 0], 1e-12, JSON.stringify(augment));
    }
    // Samples become brighter by up to 1 and are then masked; masked values of the target are brighter too.
    const loss = await losses(i, {
      augment: i.brightness({ delta: 1 }),
      corruption: i.maskingNoise({ rate: 0.5 }),
      epochs: 8,
    });
    const squares = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    const average = loss.reduce((sum, v) => sum + v, 0) / 8;
    ok(Math.abs(average / (0.5 * (squares + 1 / 3)) - 1) < 0.1, `${average}`);
  },

  async 'shift and flip also change targets, brightness does not'(i) {
    const targets = x.map((v) => 1 - v);
    const apart = await losses(i, { targets });
    const moved = await losses(i, { targets, augment: i.flip({ horizontal: true, vertical: true }) });
    close(moved, apart, 1e-6, 'the same distance, mirrored');
    close(await losses(i, { targets: x, augment: augmentations(i).slice(0, 2) }), [0, 0, 0], 1e-12, 'moved alike');
    const brighter = await losses(i, { targets: x, augment: i.brightness({ delta: 0.3 }), epochs: 8 });
    const average = brighter.reduce((sum, v) => sum + v, 0) / 8;
    ok(Math.abs(average / 0.03 - 1) < 0.2, `${average}, expected 0.3² / 3`);
  },

  async 'augmented samples keep their labels, and targets of another shape are refused'(i) {
    const identityModel = await identity(i);
    const labels = Array.from({ length: count }, (_, k) => k % 3);
    const head = await i.addHead(identityModel, [i.dense({ units: 3, activation: 'softmax' })], { seed: 1 });
    const { loss } = await i.fit(head, x, { ...deterministicOptions, labels, augment: augmentations(i) });
    ok(Number.isFinite(loss[0]), `${loss}`);
    await fails(
      () =>
        i.fit(head, x, {
          targets: new Float32Array(3 * count),
          augment: [i.brightness({ delta: 1 }), i.shift({ x: 1 })],
        }),
      'RangeError',
      /"augment\[1\]" expected targets of the input's shape \[6, 5, 1\], got \[3\]/,
    );
    await i.fit(head, x, { targets: new Float32Array(3 * count), augment: i.brightness({ delta: 0.1 }) });
  },

  async 'frozen layers read augmented and corrupted samples'(i) {
    const head = await i.addHead(await identity(i), [i.dense({ units: size, useBias: false })], { freeze: true });
    head.setWeights({ 'head.0.kernel': head.weights['encoder.1.kernel']! });
    const squares = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    const run = { ...deterministicOptions, targets: x, optimizer: i.sgd(1e-30), epochs: 8 };
    for (const [options, expected] of [
      [{ corruption: i.maskingNoise({ rate: 0.3 }) }, 0.3 * squares],
      [{ augment: i.brightness({ delta: 0.3 }) }, 0.03],
    ] as const) {
      const { loss } = await i.fit(head, x, { ...run, ...options });
      const average = loss.reduce((sum, v) => sum + v, 0) / 8;
      ok(Math.abs(average / expected - 1) < 0.15, `${average}, expected ${expected}`);
    }
  },

  async 'bytes, arrays and streams are augmented and corrupted like floats in memory'(i) {
    const bytes = Uint8Array.from(x, (v) => Math.round(v * 255));
    const floats = Float32Array.from(bytes, (v) => v / 255);
    const options = { augment: augmentations(i), corruption: noises(i), shuffle: false };
    const expected = await losses(i, options, floats);
    async function* chunks() {
      for (let k = 0; k < count; k += 24) yield bytes.subarray(k * size, (k + 24) * size);
    }
    const list = Array.from({ length: count }, (_, k) => floats.slice(k * size, (k + 1) * size));
    for (const samples of [bytes, list, chunks]) equal(await losses(i, options, samples), expected);
    ok(expected[0]! > 0.01, `${expected}`);
    const targets = x.map((v) => 1 - v);
    const pixels = Uint8Array.from(targets, (v) => Math.round(v * 255));
    const ours = await losses(i, { ...options, targets: pixels });
    equal(ours, await losses(i, { ...options, targets: Float32Array.from(pixels, (v) => v / 255) }));
  },

  async 'the same seed gives the same bytes, also for a resumed run'(i) {
    const options = {
      ...deterministicOptions,
      corruption: noises(i),
      augment: augmentations(i),
      optimizer: i.adam(0.01),
    };
    const train = async (more: object) => {
      const m = await identity(i);
      await i.fit(m, x, { ...options, epochs: 3, ...more });
      return i.saveModel(m);
    };
    const uninterrupted = await train({});
    sameBits(await train({}), uninterrupted);
    ok(
      (await train({ seed: 6 })).some((byte, k) => byte !== uninterrupted[k]),
      'another seed',
    );
    const m = await identity(i);
    const stop = new AbortController();
    let batches = 0;
    const onBatchEnd = () => ++batches === 6 && stop.abort();
    await fails(() => i.fit(m, x, { ...options, epochs: 3, onBatchEnd, signal: stop.signal }), 'AbortError', /abort/i);
    const { model: back, history } = await i.loadCheckpoint(i.saveCheckpoint(m));
    equal([history.epoch, history.partial.batches], [1, 2]);
    await i.fit(back, x, { ...options, epochs: 3, resume: history });
    sameBits(i.saveModel(back), uninterrupted);
  },

  async 'a file stores the corruption of a spec, and fit uses it after loading'(i) {
    for (const corruption of [...noises(i), noises(i)]) {
      const m = await identity(i, corruption);
      const file = i.saveModel(m);
      const back = await i.loadModel(file);
      equal(back.spec, m.spec);
      sameBits(i.saveModel(back), file);
      const run = { ...deterministicOptions, optimizer: i.adam(0.01) };
      const plain = await identity(i);
      await i.fit(plain, x, { ...run, corruption });
      const { loss } = await i.fit(back, x, run);
      ok(loss[0]! > 1e-3, `${loss}`);
      sameBits(i.saveModel(back, { part: 'encoder' }), i.saveModel(plain, { part: 'encoder' }));
    }
    const file = i.saveModel(await identity(i, noises(i)[6]!));
    const layers = [i.dense, i.flatten, i.reshape, i.mixture];
    await fails(() => i.loadModel(file, { layers }), 'FormatError', /"layers" expected to know "gaussianNoise"/);
    await i.loadModel(file, { layers: [...layers, i.gaussianNoise, i.maskingNoise] });
  },

  async 'gaussianNoise with a range of levels works as a layer'(i) {
    const { autoencoder, dense, gaussianNoise, fit, sgd } = i;
    const encoder = [gaussianNoise({ stddev: [0, 0.6] }), dense({ units: 4, useBias: false })];
    const m = await autoencoder({ input: [4], encoder, decoder: [dense({ units: 4, useBias: false })] }, { seed: 1 });
    const unit = { shape: [4, 4], data: Float32Array.from({ length: 16 }, (_, k) => (k % 5 ? 0 : 1)) };
    m.setWeights({ 'encoder.1.kernel': unit, 'decoder.0.kernel': unit });
    const { loss } = await fit(m, numbers(8000), { ...deterministicOptions, optimizer: sgd(1e-30) });
    ok(Math.abs(loss[0]! / 0.12 - 1) < 0.1, `${loss}, expected 0.6² / 3`);
    ok(i.evaluate(m, numbers(8000)).loss < 1e-12, 'no noise at inference');
  },

  async 'invalid options, layers at invalid positions, and samples without spatial axes are refused'(i) {
    const range = (make: () => unknown, message: RegExp) => fails(make, 'RangeError', message);
    const type = (make: () => unknown, message: RegExp) => fails(make, 'TypeError', message);
    await range(() => i.maskingNoise({ rate: 2 }), /"maskingNoise.rate" expected a number in \[0, 1\), got 2/);
    await range(() => i.maskingNoise({ rate: [0.5, 0.1] }), /"maskingNoise.rate" expected a lower and a higher/);
    await type(
      () => i.maskingNoise({ rate: [0.5] as never }),
      /"maskingNoise.rate" expected a number or two, got \[0.5\]/,
    );
    await type(() => i.maskingNoise({} as never), /"maskingNoise.rate" expected a number in \[0, 1\), got undefined/);
    await type(
      () => i.maskingNoise({ rate: 0.1, valeu: 1 } as never),
      /expected no other options than type, rate, value/,
    );
    await range(() => i.saltAndPepper({ rate: 0.1, high: Number.NaN }), /"saltAndPepper.high" expected a finite/);
    await range(() => i.poissonNoise({ peak: 0 }), /"poissonNoise.peak" expected a number above 0, got 0/);
    await range(() => i.poissonNoise({ peak: [0, 5] }), /"poissonNoise.peak" expected a number above 0, got 0/);
    await range(() => i.gaussianNoise({ stddev: [0, 0] }), /"gaussianNoise.stddev" expected a number above 0, got 0/);
    await range(() => i.gaussianNoise({ stddev: [-1, 1] }), /"gaussianNoise.stddev" expected a number of at least 0/);
    await type(() => i.blockMask({}), /"blockMask" expected either size or share, got "neither"/);
    await type(() => i.blockMask({ size: 2, share: 0.1 }), /"blockMask" expected either size or share, got "both"/);
    await range(() => i.blockMask({ share: 0 }), /"blockMask.share" expected a number in \(0, 1\), got 0/);
    await range(() => i.blockMask({ size: 0 }), /"blockMask.size" expected integer 1\.\./);
    const noise = i.maskingNoise({ rate: 0.1 });
    await type(() => i.mixture(5 as never), /"mixture" expected an object, got 5/);
    await range(() => i.mixture([]), /"mixture.layers" expected 1\.\.64 corruptions/);
    await range(() => i.mixture([i.dropout({ rate: 0.1 })]), /"mixture.layers\[0\]" expected a noise such as gauss/);
    await range(() => i.mixture([noise, i.mixture([noise])]), /"mixture.layers\[1\]" expected a noise.*got "mixture"/);
    await type(() => i.mixture([{ type: 'maskingNoise' }]), /"mixture.layers\[0\]" expected a noise such as/);
    await range(() => i.mixture([noise], { weights: [1, 2] }), /"mixture.weights" expected 1 numbers, one for each/);
    await range(() => i.mixture([noise], { weights: [0] }), /"mixture.weights" expected one above 0/);
    await range(() => i.mixture([noise], { weights: [-1] }), /"mixture.weights\[0\]" expected a number of at least 0/);
    await type(() => i.mixture([noise], { weight: [1] } as never), /"mixture" expected no other options than weights/);
    await type(() => i.shift({}), /"shift" expected x or y, got "neither"/);
    await range(() => i.shift({ x: -1 }), /"shift.x" expected integer 0\.\.65536, got -1/);
    await type(() => i.flip({ horizontal: false }), /"flip" expected horizontal or vertical to be true/);
    await type(() => i.flip({ horizontal: 1 as never }), /"flip.horizontal" expected a boolean/);
    await type(() => i.brightness({}), /"brightness" expected delta or contrast/);
    await range(() => i.brightness({ contrast: 1 }), /"brightness.contrast" expected a number in \[0, 1\)/);
    await type(() => i.brightness({ delta: 1, clip: [1] as never }), /"brightness.clip" expected two numbers/);

    const m = await identity(i);
    const go = (options: object) => () => i.fit(m, x, options);
    await range(go({ corruption: i.shift({ x: 1 }) }), /"corruption" expected a noise such as gaussianNoise/);
    await range(
      go({ augment: [noise] }),
      /"augment\[0\]" expected an augmentation such as shift\(\), got "maskingNoise"/,
    );
    await type(go({ augment: 5 }), /"augment" expected an augmentation such as shift\(\), got 5/);
    await range(go({ augment: i.shift({ y: 6 }) }), /"augment.y" expected integer 0\.\.5, got 6/);
    await range(go({ corruption: i.blockMask({ size: 6 }) }), /"corruption.size" expected at most \[6, 5\]/);
    await range(
      go({ corruption: [i.mixture([i.blockMask({ size: 6 })])] }),
      /"corruption\[0\].layers\[0\].size" expected at most \[6, 5\], the size of a sample, got 6/,
    );
    const { autoencoder, dense } = i;
    const spec =
      (encoder: object[], input = [4], more = {}) =>
      () =>
        autoencoder({ input, encoder: encoder as never, decoder: [dense({ units: input.at(-1)! })], ...more });
    await range(spec([noise]), /"encoder\[0\]" expected a layer \(pass noise and augmentation to fit\)/);
    await range(
      () => i.residual({ layers: [i.flip({ horizontal: true })] }),
      /"residual.layers\[0\]" expected a layer/,
    );
    const units = dense({ units: 2 });
    await range(spec([units], [4], { corruption: i.blockMask({ size: 1 }) }), /"spec.corruption" expected samples of/);
    const signal = { corruption: i.blockMask({ size: [1, 2] }) };
    await range(spec([units], [9, 1], signal), /"spec.corruption.size" expected one number for signals, got \[1, 2\]/);
    const long = await spec([units], [9, 1])();
    for (const [augment, name] of [
      [i.shift({ x: 1, y: 1 }), 'y'],
      [i.flip({ vertical: true }), 'vertical'],
    ] as const) {
      await range(
        () => i.fit(long, new Float32Array(9), { augment }),
        new RegExp(`"augment.${name}" expected .* alone for`),
      );
    }
  },
};
