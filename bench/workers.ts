// Workers without shared memory: a training step in Chromium, and `denoiseImage` of a megapixel in Node.

import { autoencoder, conv2d, conv2dTranspose, denoiseImage } from 'isthmus';
// @ts-expect-error a script without types
import { prepareRuntimes } from '../scripts/runtimes.mjs';
import { chromium, inPage } from '../test/runtimes/browser.ts';
import { median } from './statistics.ts';

export interface WorkersRow {
  readonly title: string;
  /** Milliseconds with one thread, and with two. */
  readonly one: number;
  readonly two: number;
}

/** Interleaved runs of an Adam step of the convolutional network, batch 64, in a page without headers. */
const step = (rounds: number): string => `(async () => {
  const { adam, autoencoder, conv2d, conv2dTranspose, fit } = await import('isthmus');
  const layer = (make, filters, strides, activation) => make({ filters, kernelSize: 3, strides, padding: 'same', activation });
  const encoder = [layer(conv2d, 16, 2, 'relu'), layer(conv2d, 8, 2, 'relu')];
  const up = [layer(conv2dTranspose, 8, 2, 'relu'), layer(conv2dTranspose, 16, 2, 'relu')];
  const spec = { input: [28, 28, 1], encoder, decoder: [...up, layer(conv2d, 1, 1, 'sigmoid')] };
  const x = Uint8Array.from({ length: 64 * 60 * 784 }, (_, i) => (i * 7919) % 256);
  const times = { 1: [], 2: [] };
  for (let round = 0; round <= ${rounds}; round++)
    for (const threads of [1, 2]) {
      const model = await autoencoder(spec, { seed: 1 });
      const begin = performance.now();
      await fit(model, x, { batchSize: 64, optimizer: adam(), threads });
      if (round) times[threads].push((performance.now() - begin) / 60);
    }
  return JSON.stringify(times);
})()`;

/** The median of the fastest half of the runs: other programs only make runs slower. */
const typical = (times: readonly number[]): number =>
  median([...times].sort((a, b) => a - b).slice(0, Math.ceil(times.length / 2)));

export async function workersStep(rounds: number): Promise<WorkersRow | undefined> {
  await prepareRuntimes();
  if (chromium.missing) return undefined;
  const times = JSON.parse(await inPage(chromium.launch, step(rounds))) as Record<1 | 2, number[]>;
  return { title: 'conv Adam step, batch 64, in Chromium', one: typical(times[1]), two: typical(times[2]) };
}

export async function denoiseRow(rounds: number): Promise<WorkersRow> {
  const layer = { filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' } as const;
  const encoder = [conv2d(layer), conv2d({ ...layer, strides: 2 })];
  const decoder = [conv2dTranspose({ ...layer, strides: 2 }), conv2d({ filters: 1, kernelSize: 3, padding: 'same' })];
  const model = await autoencoder({ input: [32, 32, 1], encoder, decoder }, { seed: 1 });
  const image = { width: 1024, height: 1024, data: Uint8Array.from({ length: 2 ** 20 }, (_, i) => (i * 7919) % 256) };
  const times: Record<1 | 2, number[]> = { 1: [], 2: [] };
  for (let round = 0; round <= rounds; round++)
    for (const threads of [1, 2] as const) {
      const begin = performance.now();
      await denoiseImage(model, image, { threads });
      if (round) times[threads].push(performance.now() - begin);
    }
  return { title: '`denoiseImage` of a megapixel', one: typical(times[1]), two: typical(times[2]) };
}
