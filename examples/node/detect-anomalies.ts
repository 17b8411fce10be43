// Finds the abnormal days of a sensor, without labels.
//
//   node detect-anomalies.ts [readings.csv [readings in a window]]
//
// The file has one reading in each line, in the last column, oldest first. Without a file the example draws the
// temperature of a machine, every half hour for 500 days, with four faults near the end.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { adam, anomalyDetector, autoencoder, dense, fit, gaussianNoise, loadDetector } from 'isthmus';

const { positionals } = parseArgs({ allowPositionals: true });
const [file, windowLength = '48'] = positionals;
const WINDOW = Number(windowLength);

/** Draws daily waves that all differ a little, with noise and four faults. */
function drawReadings(): number[] {
  let state = 42;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const days = Array.from({ length: 500 }, () => {
    const [load, delay, level] = [5 + 1.5 * random(), 2 * random(), 40 + 2 * random()];
    const wave = (hour: number): number => level + load * Math.sin(((hour - 6 - delay) * Math.PI) / 12);
    return Array.from({ length: 48 }, (_, i) => wave(i / 2) + 0.3 * (random() + random()));
  });
  days[460]![20]! += 4; // one wrong reading
  days[470] = days[470]!.map((value, i) => (i > 30 ? days[470]![30]! : value)); // a sensor that sticks
  days[480] = days[480]!.map((value, i) => value + i / 10); // a drift
  days[490] = [...days[490]!.slice(24), ...days[490]!.slice(0, 24)]; // day and night exchanged, all values normal
  return days.flat();
}

/** Reads the last column of a CSV file. Lines without a number there, such as a header, are skipped. */
function readColumn(path: string): number[] {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  const cells = lines.map((line) =>
    line
      .split(/[,;\t]/)
      .at(-1)!
      .trim(),
  );
  return cells.filter((cell) => cell !== '' && Number.isFinite(Number(cell))).map(Number);
}

const readings = file === undefined ? drawReadings() : readColumn(file);
const count = Math.floor(readings.length / WINDOW);
if (!(Number.isInteger(WINDOW) && WINDOW > 1 && count >= 100))
  throw new RangeError(`expected 100 windows of at least 2 readings, got ${count} of ${WINDOW}`);

// The first half of the readings trains the model, the next 30 % calibrate the detector, and the detector watches the
// others. The readings of the first two parts must be normal.
const trainEnd = Math.floor(count * 0.5) * WINDOW;
const calibrationEnd = Math.floor(count * 0.8) * WINDOW;

// Training works best with values of mean 0 and standard deviation 1.
const train = readings.slice(0, trainEnd);
const mean = train.reduce((sum, value) => sum + value, 0) / trainEnd;
const stddev = Math.sqrt(train.reduce((sum, value) => sum + (value - mean) ** 2, 0) / trainEnd) || 1;
const x = Float32Array.from(readings.slice(0, count * WINDOW), (value) => (value - mean) / stddev);

const model = await autoencoder(
  {
    input: [WINDOW],
    encoder: [dense({ units: 32, activation: 'relu' }), dense({ units: 4 })],
    decoder: [dense({ units: 32, activation: 'relu' }), dense({ units: WINDOW })],
  },
  { seed: 1 },
);
const corruption = gaussianNoise({ stddev: 0.2 });
await fit(model, x.subarray(0, trainEnd), { epochs: 100, optimizer: adam(0.003), corruption, deterministic: true });

// One normal window in a hundred may be flagged. Few windows allow no rate as low: the threshold must not depend on the
// single largest score among the 60 % of them that set it.
const thresholdWindows = Math.floor(((calibrationEnd - trainEnd) / WINDOW) * 0.6);
const falsePositiveRate = Math.max(0.01, 1.5 / thresholdWindows);
const calibrated = await anomalyDetector(model, x.subarray(trainEnd, calibrationEnd), { falsePositiveRate });

// An application would store these bytes, and load them on the device of the sensor.
const detector = await loadDetector(calibrated.save());
const watched = x.subarray(calibrationEnd);
const scores = detector.score(watched);
const flags = detector.detect(watched);
const shares = detector.explain(watched);
console.log(`${flags.length} windows watched, threshold ${detector.threshold.toFixed(2)}`);
flags.forEach((flagged, i) => {
  if (!flagged) return;
  const share = shares.subarray(i * WINDOW, (i + 1) * WINDOW);
  const worst = share.indexOf(Math.max(...share));
  const part = `${Math.round(100 * share[worst]!)} % of it`;
  const window = calibrationEnd / WINDOW + i;
  console.log(`window ${window}: score ${scores[i]!.toFixed(2)}, most in reading ${worst} (${part})`);
});
