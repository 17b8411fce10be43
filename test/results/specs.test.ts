// Ready-made specs on the tasks that they are named for. The data are those of the recipes; without them the tests are
// skipped.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AutoencoderSpec, anomalyDetector, autoencoder, convAutoencoder, deepAutoencoder, denoisingAutoencoder, denseAutoencoder, evaluate, type FitOptions, fit, type Model, signalAutoencoder } from 'isthmus'; // biome-ignore format: a list
import { BEAT_LENGTH, readTest, readTrain, valuesOf } from '../../results/ecg.ts';
import { gain, meanSquare } from '../../results/metrics.ts';
import { MissingData } from '../../results/recipe.ts';
import { readSpeech, windows, withNoise } from '../../results/speech.ts';
import { addNoise } from '../../tools/digits/noise.ts';
import { linearMap } from '../../tools/least-squares.ts';
import { principalError } from '../../tools/principal-components.ts';
import { openData } from '../../tools/results/data.ts';

const data = openData(undefined, false, () => {});
const has = (...path: string[]): boolean => {
  try {
    return data.file(...path) !== '';
  } catch (error) {
    if (error instanceof MissingData) return false;
    throw error;
  }
};
const without = (...path: string[]) => ({ skip: has(...path) ? false : `${path.join('/')} is missing` });

async function trained(spec: AutoencoderSpec, x: Float32Array | Uint8Array, options: FitOptions): Promise<Model> {
  const model = await autoencoder(spec, { seed: 1 });
  await fit(model, x, { deterministic: true, ...options });
  return model;
}

describe('the linear map', () => {
  it('recovers a known map and its offset', () => {
    const x = Float32Array.from({ length: 600 }, (_, i) => Math.sin(i * i));
    const apply = (v: Float32Array): Float32Array =>
      v.map((_, i) => (i % 3 === 0 ? 2 * v[i]! - v[i + 1]! + 5 : i % 3 === 1 ? v[i + 1]! : 3 * v[i - 2]! - 1));
    const map = linearMap(x, apply(x), 3, 0);
    const other = Float32Array.of(1, 2, 3, -4, 0, 7);
    map(other).forEach((value, i) => {
      assert.ok(Math.abs(value - apply(other)[i]!) < 1e-5, `${value}`);
    });
  });
});

describe('a ready-made spec beats the best linear map', without('mnist'), () => {
  const size = 784;
  const some = async (count: number) => {
    const { train, test } = await data.digits();
    return { train: train.subarray(0, count * size), test: test.subarray(0, 500 * size) };
  };

  it('at denoising digits', async () => {
    const { train, test } = await some(3000);
    const clean = Float32Array.from(train, (byte) => byte / 255);
    const target = Float32Array.from(test, (byte) => byte / 255);
    const model = await trained(denoisingAutoencoder({ input: [28, 28, 1] }), train, { epochs: 2 });
    const kinds = {
      'held in 0..1': (bytes: Uint8Array, seed: number) => addNoise(bytes, 0.2, seed),
      'as it is': (bytes: Uint8Array, seed: number) => withNoise(bytes === train ? clean : target, 0.2, seed),
    };
    for (const [kind, noise] of Object.entries(kinds)) {
      const noisy = noise(test, 1);
      const linear = meanSquare(linearMap(noise(train, 2), clean, size, 1e-3)(noisy), target);
      const error = meanSquare(model.reconstruct(noisy), target);
      assert.ok(error < 0.9 * linear, `${kind}: ${error}, linear ${linear}`);
    }
  });

  it('at codes of 32 numbers, except with a single layer, which is linear itself', async () => {
    const { train, test } = await some(3000);
    const linear = principalError(train, test, 32);
    const error = async (spec: AutoencoderSpec, epochs: number) =>
      evaluate(await trained(spec, train, { epochs }), test).meanSquaredError;
    const deep = await error(deepAutoencoder({ input: [size], latent: 32 }), 8);
    assert.ok(deep < 0.95 * linear, `deepAutoencoder: ${deep}, linear ${linear}`);
    const conv = await error(convAutoencoder({ input: [28, 28, 1], latent: 32 }), 5);
    assert.ok(conv < 0.9 * linear, `convAutoencoder: ${conv}, linear ${linear}`);
    assert.ok((await error(denseAutoencoder({ input: [size], latent: 32 }), 2)) > linear, 'denseAutoencoder');
  });
});

describe('denoisingAutoencoder', without('speech'), () => {
  it('gains more on noisy speech than the best linear map, and so does signalAutoencoder without a code', async () => {
    const { train, test } = readSpeech(data.file('speech'));
    const [clean, target] = [windows(train, 256), windows(test, 256)];
    const stddev = Math.sqrt(meanSquare(clean) / 10 ** 0.5);
    const many = windows(train, 256, 64);
    const noisy = withNoise(target, stddev, 1);
    const linear = gain(target, noisy, linearMap(withNoise(many, stddev, 2), many, 256, 1e-5)(noisy));
    assert.ok(linear > 5, `the map gains ${linear} dB`);
    const input = [256, 1];
    for (const spec of [
      signalAutoencoder({ input, noise: stddev }),
      denoisingAutoencoder({ input, latent: 32, noise: stddev }),
    ]) {
      // biome-ignore format: a list
      const model = await trained(spec, clean, { epochs: 5 });
      const gained = gain(target, noisy, model.reconstruct(noisy));
      assert.ok(gained > linear + 1, `${gained} dB, the linear map ${linear} dB`);
    }
  });
});

describe('specs with a code', without('ecg5000'), () => {
  it('detect abnormal heart beats with their defaults', async () => {
    const normal = readTrain(data.file('ecg5000', 'ECG5000_TRAIN.txt')).filter(([label]) => label === 1);
    const test = readTest(data.file('ecg5000', 'ECG5000_TEST.npy'));
    const strange = test.filter(([label]) => label !== 1);
    for (const make of [denseAutoencoder, deepAutoencoder]) {
      const spec = make({ input: [BEAT_LENGTH], latent: 8 });
      const model = await trained(spec, valuesOf(normal.slice(0, 170)), { epochs: 50 });
      const detector = await anomalyDetector(model, valuesOf(normal.slice(170)), { falsePositiveRate: 0.04 });
      const found = detector.detect(valuesOf(strange)).filter(Boolean).length / strange.length;
      assert.ok(found > 0.928, `${make.name}: ${found}`);
    }
  });
});
