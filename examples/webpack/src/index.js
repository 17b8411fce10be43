// Finds the days on which a house uses power in an abnormal way. Run `npm install` and `npm run build`, then serve this
// folder.
import { adam, anomalyDetector, autoencoder, dense, fit } from 'isthmus';
import { drawHouse } from './house.js';

const HOURS = 24;
const { past, recent } = drawHouse();

// The first half of the normal days trains the model, the second half calibrates the detector.
const half = (past.length / HOURS / 2) * HOURS;
const model = await autoencoder(
  {
    input: [HOURS],
    encoder: [dense({ units: 16, activation: 'relu' }), dense({ units: 4 })],
    decoder: [dense({ units: 16, activation: 'relu' }), dense({ units: HOURS })],
  },
  { seed: 1 },
);
await fit(model, past.subarray(0, half), { epochs: 100, optimizer: adam(0.003) });
const detector = await anomalyDetector(model, past.subarray(half), { falsePositiveRate: 0.01 });

const flags = detector.detect(recent);
const shares = detector.explain(recent);
const context = document.querySelector('canvas').getContext('2d');
const lines = [];
flags.forEach((flagged, day) => {
  const hours = recent.subarray(day * HOURS, (day + 1) * HOURS);
  hours.forEach((value, hour) => {
    context.fillStyle = `hsl(${flagged ? 0 : 210} 70% ${95 - 60 * Math.min(1, value / 2)}%)`;
    context.fillRect(hour, day, 1, 1);
  });
  if (!flagged) return;
  const share = shares.subarray(day * HOURS, (day + 1) * HOURS);
  lines.push(`day ${day}, most of it at ${share.indexOf(Math.max(...share))}:00`);
});
document.querySelector('output').textContent = `${lines.length} of ${flags.length} days: ${lines.join('; ')}`;
