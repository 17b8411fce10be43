import { adam, autoencoder, type CodecOptions, createCodec, dense, loadCodec, type Model } from 'isthmus';
import { boundViolations } from '../bound-violations.ts';
import { codeOf } from '../code.ts';
import { BEAT_LENGTH, readTest, readTrain, valuesOf } from '../ecg.ts';
import { generalCompressors, quantizeToBytes } from '../general-compressors.ts';
import { byteSquaredError } from '../metrics.ts';
import type { Context, Recipe, Result } from '../recipe.ts';
import { FIELD, readField, readSensors, SENSORS } from '../telemetry.ts';

const spec = {
  input: [BEAT_LENGTH],
  encoder: [dense({ units: 64, activation: 'relu' }), dense({ units: 8 })],
  decoder: [dense({ units: 64, activation: 'relu' }), dense({ units: BEAT_LENGTH })],
} as const;

const training = { seed: 1, epochs: 200, batchSize: 32, optimizer: adam(0.002), deterministic: true };

/** Hours of sensor readings for training: the first tenth. */
const TRAINING_HOURS = 936;
/** Values that the search for violations of a bound tries. */
const TRIED_VALUES = 1e8;
/** Bounds, relative to the range of the values. */
const relativeErrors = [1e-2, 1e-3];

/** An untrained autoencoder for samples of `n` values. */
const untrained = (n: number): Promise<Model> =>
  autoencoder({ input: [n], encoder: [dense({ units: 8 })], decoder: [dense({ units: n })] }, { seed: 1 });

/** The compressed bytes of x. A second codec, loaded from the file of the first, checks that they keep the bound. */
async function bytesOf(model: Model, first: Float32Array, x: Float32Array, options: CodecOptions, bound: number) {
  const codec = await createCodec(model, first, options);
  const bytes = codec.compress(x);
  const y = (await loadCodec(codec.save())).decompress(bytes);
  const violation = x.findIndex((value, i) => !(Math.abs(value - y[i]!) <= bound));
  if (violation >= 0 || y.length !== x.length) throw new Error(`value ${violation} broke its bound`);
  return bytes.length;
}

function rangeOf(x: Float32Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of x) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high - low;
}

/** Compression ratios of one data set at both bounds, of the codec and of general compressors. */
async function ratios(name: string, model: Model, first: Float32Array, x: Float32Array) {
  const figures: Record<string, number> = {};
  for (const share of relativeErrors) {
    const bound = share * rangeOf(x);
    const label = `${name}, ${share === 1e-2 ? '1e-2' : '1e-3'}`;
    figures[label] = x.byteLength / (await bytesOf(model, first, x, { relativeError: share }, bound));
    const grid = quantizeToBytes(x, bound);
    for (const [other, size] of Object.entries(generalCompressors))
      figures[`${label}, ${other}`] = x.byteLength / size(grid);
  }
  return figures;
}

async function lossless(train: Uint8Array, test: Uint8Array) {
  const codec = await createCodec(await untrained(784), train.subarray(0, 784 * 1000), { lossless: true });
  const bytes = codec.compress(test);
  if (Buffer.compare(codec.decompress(bytes), test)) throw new Error('digits did not come back as they were');
  const figures: Record<string, number> = { 'digits, lossless, bits a pixel': (8 * bytes.length) / test.length };
  for (const [other, size] of Object.entries(generalCompressors))
    figures[`digits, lossless, bits a pixel, ${other}`] = (8 * size(test)) / test.length;
  return figures;
}

/** Compresses the test digits with the model of the recipe `digits-rate`. Gives the bytes and the error. */
async function quantized(model: Model, train: Uint8Array, test: Uint8Array) {
  const codec = await createCodec(model, train, { step: 1 });
  const bytes = codec.compress(test);
  const y = (await loadCodec<Uint8Array<ArrayBuffer>>(codec.save())).decompress(bytes);
  return {
    'digits, bytes each': bytes.length / (test.length / 784),
    'digits, mean squared error, thousandths': 1000 * byteSquaredError(y, test),
  };
}

async function run(context: Context): Promise<Result> {
  const train = valuesOf(readTrain(context.file('ecg5000', 'ECG5000_TRAIN.txt')));
  const limit = context.quick ? 50 : Infinity;
  const test = valuesOf(readTest(context.file('ecg5000', 'ECG5000_TEST.npy')).slice(0, limit));
  const all = readSensors(context.file('telemetry', 'AirQualityUCI.csv'));
  const sensors = context.quick ? all.subarray(0, 200 * SENSORS) : all;
  const field = readField(context.file('telemetry', 'vorticity_512x512.f32')).slice(0, limit * FIELD);
  const digits = await context.digits();

  const model = await context.train(spec, train, training, 'beats');
  const small = {
    input: [SENSORS],
    encoder: [dense({ units: 16, activation: 'relu' }), dense({ units: 4 })],
    decoder: [dense({ units: 16, activation: 'relu' }), dense({ units: SENSORS })],
  } as const;
  const hours = await context.train(
    small,
    all.slice(0, TRAINING_HOURS * SENSORS),
    { ...training, epochs: 20 },
    'sensors',
  );
  const { values, broken } = await boundViolations(await untrained(64), context.quick ? 1e6 : TRIED_VALUES);
  return {
    figures: {
      ...(await ratios('ECG5000', model, train, test)),
      ...(await ratios('AirQuality', hours, all.slice(0, SENSORS), sensors)),
      ...(await ratios('vorticity', await untrained(FIELD), field.slice(0, FIELD), field)),
      ...(await quantized(await context.model('digits-rate'), digits.train, digits.test)),
      ...(await lossless(digits.train, digits.test)),
      'values beyond their bound': broken,
      'values tried, in millions': values / 1e6,
    },
    settings: `${codeOf(spec, training)}
const codec = await createCodec(model, trainBeats, { relativeError: 1e-2 });
const bytes = codec.compress(testBeats);`,
    pictures: [],
  };
}

export const recipe: Recipe = {
  name: 'compression',
  title: 'Bounded and lossless compression',
  about:
    'The figures of the first three data sets are compression ratios: the size of the float32 values divided by the size of the compressed file, with errors of at most 1e-2 and 1e-3 of the range of all values. The file of the codec is not counted. ECG5000: 4,499 test beats; the model and the statistics come from the 500 training beats. AirQuality: all 9,357 hours; a sample has the 13 values of an hour, and missing values remain -200. The model is trained on the first 936 hours, which are among the compressed hours, and no block uses it; the statistics come from the first hour. Vorticity: 512 rows of 512 values, one row a sample; the model is untrained, and the statistics come from the first row. Digits: the 10,000 test digits of MNIST, with the lossy codec of the recipe digits-rate, and without loss, where no model is used and the statistics come from training digits. For comparison: SZ3 3.3 reaches 19.3 and 6.7 on ECG5000, 17.3 and 7.0 on AirQuality (each channel compressed alone), and 36 and 9.6 on vorticity (two-dimensional); LZMA needs 1.39 bits a pixel on the digits. gzip, brotli and zstd compress the same values, rounded to the same bound and stored in one or two bytes each. Predictors and contexts were chosen by these figures. Values beyond their bound are counted among values that are chosen to break it: not-a-number, infinities, -0, denormals, all bit patterns, all scales, and multiples of half a step.',
  required: {
    'ECG5000, 1e-2': 22,
    'ECG5000, 1e-3': 7.7,
    'AirQuality, 1e-2': 19,
    'AirQuality, 1e-3': 7.7,
    'vorticity, 1e-2': 27,
    'vorticity, 1e-3': 8,
    'digits, bytes each': 22,
    'digits, mean squared error, thousandths': 4.76,
    'digits, lossless, bits a pixel': 1.3,
    'values beyond their bound': 0,
  },
  goal: {
    'ECG5000, 1e-2': 22,
    'ECG5000, 1e-3': 7.7,
    'AirQuality, 1e-2': 19,
    'AirQuality, 1e-3': 7.7,
    'vorticity, 1e-2': 36,
    'vorticity, 1e-3': 9.6,
    'digits, bytes each': 17,
    'digits, lossless, bits a pixel': 1.12,
    'values beyond their bound': 0,
  },
  higher: relativeErrors.flatMap((share) =>
    ['ECG5000', 'AirQuality', 'vorticity'].map((name) => `${name}, ${share === 1e-2 ? '1e-2' : '1e-3'}`),
  ),
  decimals: 2,
  needs: ['digits-rate'],
  run,
};
