// Finds the strange days of a sensor that nobody has labelled.
//
//   node examples/node/detect-anomalies.ts [readings.csv [readings in a window]]
//
// The file has one reading a line, in its last column, oldest first. Without one the example draws the temperature of
// a machine, every half hour for 500 days, with four faults at the end.

import { readFileSync } from 'node:fs';
import { adam, anomalyDetector, autoencoder, dense, fit, gaussianNoise, loadDetector } from 'isthmus';

const [file, size = '48'] = process.argv.slice(2);
const WINDOW = Number(size);

/** A daily wave that is never twice the same, and noise. */
function draw(): number[] {
  let state = 42;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const days = Array.from({ length: 500 }, () => {
    const [load, late, level] = [5 + 1.5 * random(), 2 * random(), 40 + 2 * random()];
    const wave = (hour: number): number => level + load * Math.sin(((hour - 6 - late) * Math.PI) / 12);
    return Array.from({ length: 48 }, (_, i) => wave(i / 2) + 0.3 * (random() + random()));
  });
  days[460]![20]! += 4; // one wrong reading
  days[470] = days[470]!.map((value, i) => (i > 30 ? days[470]![30]! : value)); // a sensor that sticks
  days[480] = days[480]!.map((value, i) => value + i / 10); // a drift
  days[490] = [...days[490]!.slice(24), ...days[490]!.slice(0, 24)]; // day and night exchanged: all values as usual
  return days.flat();
}

/** The last column of every line where that is a number. */
function read(path: string): number[] {
  const cells = readFileSync(path, 'utf8').split(/\r?\n/).map((line) => line.split(/[,;\t]/).at(-1)!.trim()); // biome-ignore format: one chain
  return cells.filter((cell) => cell !== '' && Number.isFinite(Number(cell))).map(Number);
}

const readings = file === undefined ? draw() : read(file);
const count = Math.floor(readings.length / WINDOW);
if (!(Number.isInteger(WINDOW) && WINDOW > 1 && count >= 100))
  throw new RangeError(`expected 100 windows of at least 2 readings, got ${count} of ${WINDOW}`);

// The first half trains, and sets the unit: the mean becomes 0, the spread 1. The detector has no need of that, the
// training has. What follows must be normal too, and calibrates; the rest is watched.
const train = Math.floor(count * 0.5) * WINDOW;
const calibrate = Math.floor(count * 0.8) * WINDOW;
const mean = readings.slice(0, train).reduce((sum, value) => sum + value, 0) / train;
const spread = Math.sqrt(readings.slice(0, train).reduce((sum, value) => sum + (value - mean) ** 2, 0) / train) || 1;
const x = Float32Array.from(readings.slice(0, count * WINDOW), (value) => (value - mean) / spread);

const model = await autoencoder(
  {
    input: [WINDOW],
    encoder: [dense({ units: 32, activation: 'relu' }), dense({ units: 4 })],
    decoder: [dense({ units: 32, activation: 'relu' }), dense({ units: WINDOW })],
  },
  { seed: 1 },
);
const corruption = gaussianNoise({ stddev: 0.2 });
await fit(model, x.subarray(0, train), { epochs: 100, optimizer: adam(0.003), corruption, deterministic: true });

// One normal window in a hundred may be flagged, or what so few allow.
const others = Math.floor(((calibrate - train) / WINDOW) * 0.6);
const falsePositiveRate = Math.max(0.01, 1.5 / others);
const made = await anomalyDetector(model, x.subarray(train, calibrate), { falsePositiveRate });

// What would be stored, and loaded where the sensor is.
const detector = await loadDetector(made.save());
const watched = x.subarray(calibrate);
const [scores, flags, shares] = [detector.score(watched), detector.detect(watched), detector.explain(watched)];
console.log(`${flags.length} windows watched, threshold ${detector.threshold.toFixed(2)}`);
flags.forEach((flagged, i) => {
  if (!flagged) return;
  const share = shares.subarray(i * WINDOW, (i + 1) * WINDOW);
  const worst = share.indexOf(Math.max(...share));
  const part = `${Math.round(100 * share[worst]!)} % of it`;
  console.log(`window ${calibrate / WINDOW + i}: score ${scores[i]!.toFixed(2)}, most in reading ${worst} (${part})`);
});
