import type { AutoencoderSpec, FitOptions, History, Layer, Model, TrainingSamples } from 'isthmus';
import { close, equal, fails, type Isthmus, ok, type Suite, sameBits, sheetSamples } from './assert.ts';
import { deterministicOptions, x as sheets, buildModel as small, weightsOf } from './small-model.ts';

const [side, count] = [6, 45];
const size = side * side;
const x = sheetSamples(count, size);
const bytes = Uint8Array.from(x, (v) => Math.round(v * 255));
const labels = Array.from({ length: count }, (_, i) => (x[i * size]! > 0.5 ? 1 : 0) + (x[i * size + 9]! > 0.5 ? 2 : 0));
const list = Array.from({ length: count }, (_, i) => x.subarray(i * size, (i + 1) * size));

async function* chunks() {
  for (let i = 0; i < count; i += 11) yield x.subarray(i * size, Math.min(count, i + 11) * size);
}

interface Case {
  readonly spec?: Partial<AutoencoderSpec>;
  /** Builds the model, where it is not built from `spec`. */
  readonly build?: () => Promise<Model>;
  readonly data?: TrainingSamples;
  readonly options?: FitOptions;
}

/** Runs by the name of the part of their state that an interruption could lose. */
function cases(i: Isthmus): Record<string, Case> {
  const { dense, conv2d, dropout, sparse } = i;
  const image = { input: [side, side, 1] };
  const conv = (filters: number) => conv2d({ filters, kernelSize: 3, padding: 'same' });
  const back = [dense({ units: size, activation: 'sigmoid' as const }), i.reshape({ targetShape: [side, side, 1] })];
  const latent = (layer: Layer, activation: 'sigmoid' | 'relu' = 'relu') => ({
    spec: { encoder: [dense({ units: 12, activation })], latent: layer },
  });
  const head = async (freeze: boolean): Promise<Model> => {
    const body = await i.autoencoder(
      {
        input: [size],
        encoder: [dense({ units: 9 }), i.batchNormalization(), dropout({ rate: 0.2 })],
        decoder: [dense({ units: size })],
      },
      { seed: 3 },
    );
    return i.addHead(body, [dropout({ rate: 0.3 }), dense({ units: 4, activation: 'softmax' })], { seed: 4, freeze });
  };
  const best = { earlyStopping: { patience: 4, restoreBest: true } };
  return {
    'defaults': {},
    'bytes': { data: bytes },
    'a list': { data: list },
    'a stream': { data: chunks },
    'a stream without shuffling': { data: chunks, options: { shuffle: false } },
    'targets': { options: { targets: x.map((v) => 1 - v), validationTargets: x.map((v) => 1 - v) } },
    'byte targets': { data: bytes, options: { targets: bytes, validationTargets: bytes } },
    'sgd': { options: { optimizer: i.sgd(0.5) } },
    'momentum and clipping': { options: { optimizer: i.momentum({ nesterov: true }), clipNorm: 0.1, clipValue: 0.05 } },
    'rmsprop': { options: { optimizer: i.rmsprop() } },
    'adamw': { options: { optimizer: i.adamw(0.01) } },
    'cosine after a warm-up': {
      options: { optimizer: i.adam(i.warmup({ steps: 7, learningRate: i.cosine({ decaySteps: 20 }) })) },
    },
    'exponential decay': { options: { optimizer: i.adam(i.exponentialDecay({ decaySteps: 3, decayRate: 0.7 })) } },
    'another seed, two losses': { options: { seed: 77, loss: { huber: 1, binaryCrossentropy: 0.1 } } },
    'penalties': { spec: { encoder: [dense({ units: 8, l1: 1e-3, l2: 1e-3 })] } },
    'dropout and noise layers': {
      spec: { encoder: [dropout({ rate: 0.3 }), dense({ units: 8 }), i.gaussianNoise({ stddev: [0.1, 0.2] })] },
    },
    'corruptions': {
      options: {
        corruption: [
          i.mixture([i.gaussianNoise({ stddev: [0, 0.3], clip: [0, 1] }), i.saltAndPepper({ rate: 0.1 })]),
          i.maskingNoise({ rate: [0, 0.4] }),
          i.poissonNoise({ peak: 20 }),
        ],
      },
    },
    'a corruption of the spec': { spec: { corruption: i.maskingNoise({ rate: 0.3 }), loss: 'binaryCrossentropy' } },
    'augmented images': {
      spec: { ...image, encoder: [conv(2), i.flatten(), dense({ units: 6 })], decoder: back },
      options: {
        augment: [i.shift({ x: 1, y: 1 }), i.flip({ horizontal: true }), i.brightness({ delta: 0.1, contrast: 0.2 })],
        corruption: i.blockMask({ share: [0.1, 0.3] }),
      },
    },
    'running statistics': {
      spec: {
        ...image,
        encoder: [conv(3), i.batchNormalization({ momentum: 0.7 }), i.maxPooling2d(), i.flatten(), dense({ units: 5 })],
        decoder: [...back, i.residual({ layers: [conv(1), i.batchNormalization()] })],
      },
    },
    'variational': { ...latent(i.variational({ units: 3, warmup: 9, freeBits: 0.05 })), options: { ...best } },
    'kSparse': latent(i.kSparse({ k: 3 })),
    'l1 on the code': latent(sparse({ l1: 0.01 })),
    'the controller of the threshold of sparse': latent(sparse({ target: 0.2 })),
    'the controller of the mean activities of sparse': latent(sparse({ target: 0.2 }), 'sigmoid'),
    'rounded codes': latent(i.quantized({ step: 0.1 })),
    'rounded codes whose rate is trained': { ...latent(i.quantized({ step: 0.1 })), options: { rateWeight: 0.1 } },
    'contractive, exact': latent(i.contractive({ weight: 0.1 })),
    'contractive with another bottleneck': {
      ...latent(i.variational({ units: 3 })),
      options: { contractive: i.contractive({ weight: 0.1 }) },
    },
    'contractive along directions': {
      spec: {
        ...image,
        encoder: [conv(2), i.flatten(), dense({ units: 4 })],
        latent: i.contractive({ weight: 0.1, projections: 2 }),
        decoder: back,
      },
    },
    'a head': { build: () => head(false), options: { labels, validationLabels: labels } },
    'a head on a frozen encoder': { build: () => head(true), options: { labels, validationLabels: labels, ...best } },
    'the best weights with a learning rate that is too high': { options: { optimizer: i.sgd(60), ...best } },
    'the best weights by the training loss': {
      options: { optimizer: i.sgd(60), earlyStopping: { ...best.earlyStopping, monitor: 'loss' } },
    },
  }; // biome-ignore format: a table
}

/** Number of batches, or the epoch in whose callback the run stops; and whether a signal or a throwing callback stops it. */
const breaks = [
  { batch: 2, abort: true },
  { batch: 4, abort: false },
  { epoch: 1, abort: true },
  { epoch: 2, abort: false },
  { batch: 8, abort: true },
] as const;

/** Trains with interruptions, each of which is saved to a file and loaded. */
async function broken(i: Isthmus, data: TrainingSamples, make: () => Promise<Model>, options: FitOptions) {
  let model = await make();
  let resume: History | undefined;
  for (const { batch, epoch, abort } of breaks as readonly { batch?: number; epoch?: number; abort: boolean }[]) {
    const controller = new AbortController();
    const stop = (): void => {
      if (!abort) throw new Error('break');
      controller.abort(new Error('break'));
    };
    let batches = 0;
    const run = {
      ...options,
      ...(resume && { resume }),
      signal: controller.signal,
      onBatchEnd: () => ++batches === batch && stop(),
      onEpochEnd: (at: number) => at === epoch && stop(),
    };
    await fails(() => i.fit(model, data, run), 'Error', /break/);
    ({ model, history: resume } = await i.loadCheckpoint(i.saveCheckpoint(model)));
  }
  return { model, history: await i.fit(model, data, { ...options, ...(resume && { resume }) }) };
}

/** The bytes of a checkpoint without the one part that differs between any two runs. */
function timeless(i: Isthmus, model: Model, history: History): Uint8Array {
  history.seconds.fill(0);
  return i.saveCheckpoint(model, history);
}

export const resuming: Suite = {
  async 'an interrupted and resumed run gives the losses and the bytes of an uninterrupted run, for every kind of training'(
    i,
  ) {
    for (const [name, { spec, build, data = x, options }] of Object.entries(cases(i))) {
      const { dense, autoencoder } = i;
      const plain = {
        input: [size],
        encoder: [dense({ units: 8, activation: 'relu' as const })],
        decoder: [dense({ units: size, activation: 'sigmoid' as const })],
      };
      const make = build ?? (() => autoencoder({ ...plain, ...spec }, { seed: 2 ** 40 + 9 }));
      const all = { deterministic: true, epochs: 7, batchSize: 8, validationData: x, ...options };
      const uninterrupted = await make();
      const expected = await i.fit(uninterrupted, data, all);
      const { model, history } = await broken(i, data, make, all);
      ok(expected.epoch > 3 && expected.step >= 24, `${name}: ends behind the breaks, at ${expected.epoch}`);
      const seen = ({ seconds, ...numbers }: History) => numbers;
      expected.seconds.fill(0);
      equal(seen(history), seen(expected), name);
      sameBits(i.saveModel(model), i.saveModel(uninterrupted), `${name}: the model's file`);
      sameBits(timeless(i, model, history), timeless(i, uninterrupted, expected), `${name}: the checkpoint`);
    }
  },

  async 'restoreBest restores the best epoch of this run, not that of an earlier run'(i) {
    const data = { ...deterministicOptions, validationData: sheets };
    const m = await small(i);
    const keep = { patience: 99, restoreBest: true };
    const first = await i.fit(m, sheets, { ...data, epochs: 1, earlyStopping: keep });
    await i.fit(m, sheets, { ...data, epochs: 3, earlyStopping: { patience: 99 }, resume: first });
    const second = weightsOf(m);
    equal(first.bestEpoch, 2, 'it learns');
    // The learning rate is almost 0, so this epoch does not improve by `minDelta`.
    const last = { ...data, epochs: 4, earlyStopping: { ...keep, minDelta: 1 }, resume: first };
    await i.fit(m, sheets, { ...last, optimizer: i.adam(1e-30) });
    close(weightsOf(m), second, 1e-20, 'weights');
  },

  async 'a checkpoint without the slots of its optimizer is refused'(i) {
    const m = await small(i);
    await i.fit(m, sheets);
    const text = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const slots = '\\"slots\\":[\\"m\\",\\"v\\"]';
    const forged = text(i.saveCheckpoint(m)).replace(slots, `\\"slots\\":[${' '.repeat(slots.length - 12)}]`);
    const { model, history } = await i.loadCheckpoint(Uint8Array.from(forged, (c) => c.charCodeAt(0)));
    const go = () => i.fit(model, sheets, { epochs: 2, resume: history });
    await fails(go, 'RangeError', /"optimizer" expected adam, as before the break/);
  },
};
