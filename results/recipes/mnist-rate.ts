// MNIST: is the rate of false alarms the one that was asked for? The 70,000 digits are shuffled first, because their
// order is by writer: of the test file in its order, the first half is flagged twice as often as the second. 30,000
// train; then 20,000 calibrate, and 20,000 are new and normal, for several draws of which is which.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { anomalyDetector, autoencoder, dense, fit } from 'isthmus';

const SIZE = 784;
const images = (folder: string, name: string): Uint8Array =>
  gunzipSync(readFileSync(join(folder, `${name}-images-idx3-ubyte.gz`))).subarray(16);

/** The samples in an order drawn with a seed. */
function shuffled(samples: Uint8Array, seed: number): Uint8Array {
  const out = samples.slice();
  let state = seed;
  for (let i = samples.length / SIZE - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    const row = out.slice(i * SIZE, (i + 1) * SIZE);
    out.copyWithin(i * SIZE, j * SIZE, (j + 1) * SIZE);
    out.set(row, j * SIZE);
  }
  return out;
}

/** For each draw and rate asked for: the rate among new digits, and the share of their negatives that is found. */
export async function mnistRate(folder: string, { draws = 3, rates = [0.01, 0.05], epochs = 3 } = {}) {
  const [train, test] = [images(folder, 'train'), images(folder, 't10k')];
  const all = new Uint8Array(train.length + test.length);
  all.set(train);
  all.set(test, train.length);
  const mixed = shuffled(all, 1);
  const model = await autoencoder(
    {
      input: [SIZE],
      encoder: [dense({ units: 64, activation: 'relu' })],
      decoder: [dense({ units: SIZE, activation: 'sigmoid' })],
    },
    { seed: 1 },
  );
  await fit(model, mixed.subarray(0, 30_000 * SIZE), { epochs, deterministic: true });
  const results: { asked: number; measured: number; negatives: number }[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const rest = shuffled(mixed.subarray(30_000 * SIZE), 2 + draw);
    const fresh = rest.subarray(20_000 * SIZE);
    const negative = fresh.subarray(0, 1000 * SIZE).map((value) => 255 - value);
    for (const asked of rates) {
      const options = { falsePositiveRate: asked };
      const detector = await anomalyDetector(model, rest.subarray(0, 20_000 * SIZE), options);
      const share = (x: Uint8Array): number => detector.detect(x).filter(Boolean).length / (x.length / SIZE);
      results.push({ asked, measured: share(fresh), negatives: share(negative) });
    }
  }
  return results;
}
