// The detector against a reference that computes its statistics in float64, with full matrices, from the samples alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adam, anomalyDetector, autoencoder, dense, fit } from 'isthmus';
import { chooseReference, quantile } from '../../src/detect/calibrate.ts';
import { parseTensors } from '../../src/files/safetensors.ts';
import { pca } from '../../src/linalg/pca.ts';
import { numbers } from '../suites/assert.ts';

const SIZE = 7;
/** Samples of the calibration. A third are reference samples: enough for two directions, while the code has four values. */
const COUNT = 48;
const REFERENCE_COUNT = 16;
type Matrix = number[][];

/** Samples near a plane, feature j multiplied by 1 + j. The noise is large enough that the code represents a part of it. */
const samples = (seed: number): Float32Array<ArrayBuffer> => {
  const [position, noise] = [numbers(2 * COUNT, seed), numbers(COUNT * SIZE, seed + 5)];
  return noise.map((value, k) => {
    const [i, j] = [Math.floor(k / SIZE), k % SIZE];
    return (1 + j) * (position[2 * i]! + position[2 * i + 1]! * Math.sin(j) + 0.1 * value ** 3);
  });
};
const rowsOf = (flat: Float32Array): Matrix =>
  Array.from({ length: COUNT }, (_, i) => [...flat.subarray(i * SIZE, (i + 1) * SIZE)]);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const columns = (rows: Matrix): Matrix => rows[0]!.map((_, j) => rows.map((row) => row[j]!));
const subtract = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((value, j) => value - b[i]![j]!));

describe('a detector', () => {
  it('computes the scores, shares and threshold of the reference', async () => {
    const spec = { input: [SIZE], encoder: [dense({ units: 4 })], decoder: [dense({ units: SIZE })] };
    const model = await autoencoder(spec, { seed: 1 });
    await fit(model, samples(1), { epochs: 60, optimizer: adam(0.01), deterministic: true });
    const calibration = samples(2);
    const detector = await anomalyDetector(model, calibration, { falsePositiveRate: 0.05 });

    const isReference = chooseReference(COUNT, 0.05);
    const x = rowsOf(calibration).filter((_, i) => isReference[i]);
    const y = rowsOf(model.reconstruct(calibration)).filter((_, i) => isReference[i]);
    assert.equal(x.length, REFERENCE_COUNT);
    const location = columns(subtract(x, y)).map(mean);
    const spreads = columns(subtract(x, y)).map(
      (column, j) => mean(column.map((v) => (v - location[j]!) ** 4)) ** 0.25,
    );
    const floor = 2 * [...spreads].sort((a, b) => a - b)[3]!;
    const floored = spreads.map((value) => Math.hypot(value, floor));
    const squares = columns(subtract(x, y)).flatMap((column, j) =>
      column.map((v) => ((v - location[j]!) / floored[j]!) ** 2),
    );
    const scale = floored.map((value) => value * Math.sqrt(mean(squares)));
    const center = columns(y).map(mean);

    // The directions are read from the file, and checked to be eigenvectors of the covariance.
    const { tensors } = parseTensors(detector.save());
    const tensor = (name: string): number[] => {
      const { data } = tensors.get(`detector.${name}`)!;
      return [...new Float32Array(data.slice().buffer)];
    };
    const shifts = y.map((row) => row.map((value, j) => (value - center[j]!) / scale[j]!));
    const covariance = columns(shifts).map((a) => columns(shifts).map((b) => mean(a.map((value, i) => value * b[i]!))));
    const variances = tensor('variances').map((value) => (value * (REFERENCE_COUNT - 2 - 1)) / REFERENCE_COUNT);
    const flat = tensor('directions');
    const directions = variances.map((_, k) => flat.slice(k * SIZE, (k + 1) * SIZE));
    variances.forEach((variance, k) => {
      const image = covariance.map((row) => row.reduce((sum, value, j) => sum + value * directions[k]![j]!, 0));
      image.forEach((value, j) => {
        assert.ok(Math.abs(value - variance * directions[k]![j]!) < 1e-5 * variances[0]!);
      });
    });
    const trace = covariance.reduce((sum, row, j) => sum + row[j]!, 0);
    assert.equal(variances.length, 2);
    const remainder = tensor('remainder')[0]!;
    assert.ok(remainder > 0.1, `there is variance outside the directions: ${remainder}`);
    assert.ok(Math.abs(remainder - (trace - variances.reduce((a, b) => a + b, 0))) < 1e-5 * trace);

    /** The matrix that transforms a shift to unit variance in every direction. */
    const corrected = tensor('variances');
    const whitening = location.map((_, i) =>
      location.map((_, j) => {
        const outside = Math.sqrt(2 / (remainder + 1));
        const projected = directions.map((d, k) => (Math.sqrt(2 / (corrected[k]! + 1)) - outside) * d[i]! * d[j]!);
        return (i === j ? outside : 0) + projected.reduce((a, b) => a + b, 0);
      }),
    );
    const parts = (samples: Float32Array): Matrix => {
      const outputs = rowsOf(model.reconstruct(samples));
      return rowsOf(samples).map((row, i) => {
        const shift = outputs[i]!.map((value, j) => (value - center[j]!) / scale[j]!);
        return row.map((value, j) => {
          const white = whitening[j]!.reduce((sum, weight, k) => sum + weight * shift[k]!, 0);
          return ((value - outputs[i]![j]! - location[j]!) / scale[j]!) ** 2 + white ** 2;
        });
      });
    };
    const squaredDistance = (samples: Float32Array) => parts(samples).map((row) => row.reduce((a, b) => a + b, 0));
    const dimensions = SIZE + 2 * (variances.length + 1);
    const strange = samples(3).map((value, i) => (i % 11 ? value : 1.5 * value));
    const expected = squaredDistance(strange).map((sum) => Math.sqrt(sum / dimensions));
    detector.score(strange).forEach((score, i) => {
      assert.ok(Math.abs(score - expected[i]!) < 1e-4 * expected[i]!, `${i}: ${score}, expected ${expected[i]}`);
    });
    const shares = parts(strange).flatMap((row, i) => row.map((value) => value / squaredDistance(strange)[i]!));
    detector.explain(strange).forEach((value, i) => {
      assert.ok(Math.abs(value - shares[i]!) < 1e-4, `${i}: ${value}, expected ${shares[i]}`);
    });
    const calibrationScores = squaredDistance(calibration).filter((_, i) => !isReference[i]).map((sum) => Math.sqrt(sum / dimensions)); // biome-ignore format: one chain
    const threshold = calibrationScores.sort((a, b) => a - b)[Math.ceil((COUNT - REFERENCE_COUNT + 1) * 0.95) - 1]!;
    assert.ok(Math.abs(detector.threshold - threshold) < 1e-4 * threshold);
  });
});

describe('chooseReference', () => {
  it('selects a third, at most 512, and leaves as many as the threshold needs', () => {
    const selected = (count: number, rate: number): number => chooseReference(count, rate).filter(Boolean).length;
    assert.deepEqual(
      [selected(300, 0.05), selected(107, 0.01), selected(120, 0.01), selected(9000, 0.01)],
      [100, 8, 21, 512],
    );
    assert.notDeepEqual(
      chooseReference(300, 0.05).slice(0, 100),
      new Array(100).fill(true),
      'a random third, not the first',
    );
    for (const part of [0, 1, 2]) {
      const among = chooseReference(3000, 0.05).filter((_, i) => i % 3 === part).filter(Boolean).length; // biome-ignore format: one chain
      assert.ok(among > 130 && among < 212, `${among} of 512 among every third`);
    }
  });

  it('gives quantile a threshold without rounding errors', () => {
    const scores = Float32Array.from({ length: 99 }, (_, i) => 98 - i);
    for (let percent = 1; percent < 100; percent++) assert.equal(quantile(scores, percent / 100), 99 - percent);
    assert.equal(quantile(scores, 0.019), 98);
  });
});

describe('pca', () => {
  it('gives the principal components, orthonormal, largest first, at most as many as the data has', () => {
    // Columns 1, 4 and 6 are uniform in ±10, ±5 and ±0.1, the others are 0.
    const spread = [0, 10, 0, 0, 5, 0, 0.1, 0];
    const values = numbers(8 * 400, 3).map((value, k) => spread[k % 8]! * value);
    const { directions: rows, variances } = pca({ values, rows: 400, columns: 8 }, 5);
    assert.equal(rows.length, 3);
    [1, 4, 6].forEach((column, k) => {
      assert.ok(Math.abs(rows[k]![column]!) > 0.98, `${rows[k]}`);
      assert.ok(Math.abs(variances[k]! / (spread[column]! ** 2 / 3) - 1) < 0.15, `${variances[k]}`);
    });
    rows.forEach((a, i) => {
      rows.forEach((b, j) => {
        const product = a.reduce((sum, value, k) => sum + value * b[k]!, 0);
        assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-9);
      });
    });
    assert.equal(pca({ values, rows: 400, columns: 8 }, 2).directions.length, 2);
    assert.equal(pca({ values: new Float32Array(80), rows: 10, columns: 8 }, 2).directions.length, 0);
  });
});
