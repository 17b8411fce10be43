// ECG5000 (UCR archive): strange heart beats among normal ones, learnt from the 292 normal beats of the training file
// alone. 170 of them train, 122 calibrate; nothing is augmented. The rate is what 122 beats allow without resting on
// the single largest score: three of the 82 that the threshold lies among.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adam, anomalyDetector, autoencoder, dense, fit, gaussianNoise } from 'isthmus';

const LENGTH = 140;
const TRAINED = 170;

export interface EcgResult {
  readonly auroc: number;
  /** Share of all test beats that are told right at the calibrated threshold. */
  readonly accuracy: number;
  /** Share of the normal test beats that are flagged. */
  readonly falsePositiveRate: number;
  /** Share of the abnormal test beats that are flagged. */
  readonly truePositiveRate: number;
  readonly asked: number;
  readonly threshold: number;
  readonly seconds: number;
}

/** Rows of class and 140 values: lines of text, or NumPy's format 1 in Fortran order. */
function readTrain(path: string): number[][] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number));
}

function readTest(path: string): number[][] {
  const file = readFileSync(path);
  const header = file.toString('latin1', 10, 10 + file.readUInt16LE(8));
  const rows = Number(/'descr': '<f4', 'fortran_order': True, 'shape': \((\d+), 141\)/.exec(header)![1]);
  const at = (i: number, j: number): number => file.readFloatLE(10 + header.length + 4 * (j * rows + i));
  return Array.from({ length: rows }, (_, i) => Array.from({ length: LENGTH + 1 }, (_, j) => at(i, j)));
}

const beats = (rows: readonly number[][]): Float32Array => Float32Array.from(rows.flatMap((row) => row.slice(1)));

/** The chance that a strange one scores above a normal one, ties counted half (Mann and Whitney, 1947). */
export function areaUnderRoc(scores: Float32Array, strange: readonly boolean[]): number {
  const normal = scores.filter((_, i) => !strange[i]).sort();
  const place = (score: number, after: boolean): number => {
    let [low, high] = [0, normal.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (normal[middle]! < score || (after && normal[middle] === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const found = scores.filter((_, i) => strange[i]);
  const wins = found.reduce((sum, score) => sum + (place(score, false) + place(score, true)) / 2, 0);
  return wins / found.length / normal.length;
}

/** Trains, calibrates and measures with ECG5000_TRAIN.txt and ECG5000_TEST.npy of a folder. One second. */
export async function ecg5000(folder: string, { seed = 1, falsePositiveRate = 0.04 } = {}): Promise<EcgResult> {
  const start = performance.now();
  const normal = readTrain(join(folder, 'ECG5000_TRAIN.txt')).filter(([label]) => label === 1);
  const test = readTest(join(folder, 'ECG5000_TEST.npy'));
  const model = await autoencoder(
    {
      input: [LENGTH],
      encoder: [dense({ units: 64, activation: 'relu' }), dense({ units: 8 })],
      decoder: [dense({ units: 64, activation: 'relu' }), dense({ units: LENGTH })],
    },
    { seed },
  );
  await fit(model, beats(normal.slice(0, TRAINED)), {
    epochs: 500,
    batchSize: 32,
    optimizer: adam(0.002),
    corruption: gaussianNoise({ stddev: 0.5 }),
    deterministic: true,
  });
  const detector = await anomalyDetector(model, beats(normal.slice(TRAINED)), { falsePositiveRate });
  const strange = test.map(([label]) => label !== 1);
  const scores = detector.score(beats(test));
  const flagged = Array.from(scores, (score) => score > detector.threshold);
  const share = (holds: (i: number) => boolean, among: (i: number) => boolean): number => {
    const chosen = [...strange.keys()].filter(among);
    return chosen.filter(holds).length / chosen.length;
  };
  return {
    auroc: areaUnderRoc(scores, strange),
    accuracy: share(
      (i) => flagged[i] === strange[i],
      () => true,
    ),
    falsePositiveRate: share(
      (i) => flagged[i]!,
      (i) => !strange[i],
    ),
    truePositiveRate: share(
      (i) => flagged[i]!,
      (i) => strange[i]!,
    ),
    asked: falsePositiveRate,
    threshold: detector.threshold,
    seconds: (performance.now() - start) / 1000,
  };
}
