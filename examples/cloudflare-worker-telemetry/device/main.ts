// A device: trains a codec, posts 600 days, starts the training of a detector, then posts days with faults and prints the anomalies.
//
//   TOKEN=… node device/main.ts [URL [ID]]
//
// TOKEN is the owner's token, which registers the device. All later calls use the token of the device, which is stored in a file.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { adam, autoencoder, type Codec, createCodec, deepAutoencoder, fit, loadCodec } from 'isthmus';
import { Client } from './client.ts';
import { draw, faults, LENGTH, profile } from './telemetry.ts';

const [url = 'http://127.0.0.1:8787', id = 'pump-1'] = process.argv.slice(2);
const owner = new Client(url, id, process.env.TOKEN ?? '');
const DAY = LENGTH * profile.period;
const size = LENGTH * profile.channels.length;
const begin = Date.parse('2026-01-01T00:00:00Z');

/** The codec of an earlier run, or a codec that is trained on 200 days. The error of each value is at most 2 % of its scale. */
async function codecOf(file: string): Promise<Codec> {
  if (existsSync(file)) return loadCodec(readFileSync(file));
  const days = draw(200, 1);
  const input = [LENGTH, profile.channels.length];
  const model = await autoencoder(deepAutoencoder({ input, latent: 8, hidden: [64], output: 'linear' }), { seed: 1 });
  await fit(model, days, { epochs: 60, optimizer: adam(0.002) });
  const codec = await createCodec(model, days, { maxError: 0.02 });
  writeFileSync(file, codec.save());
  return codec;
}

await owner.register(profile);
const file = `${id}.token`;
if (!existsSync(file)) writeFileSync(file, await owner.newToken(), { mode: 0o600 });
const client = new Client(url, id, readFileSync(file, 'utf8'));
const codec = await codecOf(`${id}.codec.safetensors`);
await client.put('codec', codec.save());

// One post for each 30 days.
const normal = draw(600, 2);
let sent = 0;
for (let day = 0; day < 600; day += 30) {
  const bytes = codec.compress(normal.subarray(day * size, (day + 30) * size));
  await client.post(new Date(begin + day * DAY), bytes);
  sent += bytes.length;
}
console.log(`600 days posted: ${sent} bytes, ${((normal.length * 4) / sent).toFixed(1)} times fewer than float32`);

const period = { from: new Date(begin).toISOString(), to: new Date(begin + 600 * DAY).toISOString() };
const { epoch, slices, loss, threshold } = await client.train({ ...period, epochs: 60 });
console.log(
  `trained ${epoch} epochs in ${slices} slices: loss ${loss.at(-1)!.toFixed(4)}, threshold ${threshold!.toFixed(2)}`,
);

const days = draw(30, 3);
Object.values(faults).forEach((fault, i) => {
  fault(days.subarray((8 + 7 * i) * size, (9 + 7 * i) * size));
});
const answer = await client.post(new Date(begin + 600 * DAY), codec.compress(days));
for (const { from, score, channels, readings } of answer.anomalies) {
  const [channel, share] = Object.entries(channels ?? {}).sort((a, b) => b[1] - a[1])[0]!;
  const { at, value } = readings!.find((reading) => reading.channel === channel) ?? readings![0]!;
  const part = `${channel}, ${Math.round(100 * share)} % of it, as ${value.toFixed(2)} at ${at.slice(11, 16)}`;
  console.log(`${from.slice(0, 10)}: score ${score!.toFixed(2)}, most in ${part}`);
}
