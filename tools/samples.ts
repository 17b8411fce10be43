// Writes the sample data of the documents: `node tools/samples.ts`.
//
// docs/samples/pump.csv has the readings of a simulated pump, one row a minute for a day. Flow follows speed, pressure follows the square of
// speed, temperature follows the power with a delay. The last four hours contain three faults: the flow drops at an unchanged
// speed (a leak), the temperature rises (a dry bearing), and the pressure reads a constant (a stuck sensor).

import { mkdirSync, writeFileSync } from 'node:fs';
import { normalNumbers } from './random.ts';

const ROWS = 1440;
const MINUTE = 60_000;
const start = Date.UTC(2026, 0, 5);

/** The rows with a fault. */
const faults = {
  leak: { from: 1230, to: 1245 },
  bearing: { from: 1290, to: 1310 },
  stuckSensor: { from: 1395, to: 1425 },
};
const during = ({ from, to }: { from: number; to: number }, row: number): boolean => row >= from && row < to;

const normal = normalNumbers(3);
let wander = 0;
let temperature = 41;
let stuckAt = 0;
const lines = ['time,speed,flow,pressure,temperature'];
for (let row = 0; row < ROWS; row++) {
  wander = 0.97 * wander + 12 * normal();
  const speed = 1450 + 250 * Math.sin((row / 240) * 2 * Math.PI) + wander;
  let flow = 0.012 * speed + 0.08 * normal();
  let pressure = 1.9e-6 * speed ** 2 + 0.02 * normal();
  temperature += 0.05 * (20 + 6.2e-9 * speed ** 3 - temperature) + 0.03 * normal();
  if (during(faults.leak, row)) flow -= 1.2;
  if (during(faults.bearing, row)) temperature += 0.35;
  if (!during(faults.stuckSensor, row)) stuckAt = pressure;
  else pressure = stuckAt;
  const time = new Date(start + row * MINUTE).toISOString().slice(0, 16).replace('T', ' ');
  lines.push([time, speed.toFixed(0), flow.toFixed(2), pressure.toFixed(3), temperature.toFixed(2)].join(','));
}
mkdirSync('docs/samples', { recursive: true });
writeFileSync('docs/samples/pump.csv', `${lines.join('\n')}\n`);
