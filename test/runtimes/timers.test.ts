// Stopped timers and clocks, as in tests of an application: calls of the package complete all the same.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import * as isthmus from 'isthmus';
import type { Isthmus } from '../suites/assert.ts';
import { bare } from './bare.ts';

/** Calls all functions that yield to the event loop, more than once. */
async function work(i: Isthmus): Promise<number> {
  const { autoencoder, dense, denoiseImage, fit, flatten, reshape } = i;
  const decoder = [dense({ units: 64 }), reshape({ targetShape: [8, 8, 1] })];
  const m = await autoencoder({ input: [8, 8, 1], encoder: [flatten(), dense({ units: 4 })], decoder }, { seed: 1 });
  const x = Float32Array.from({ length: 64 * 64 }, (_, k) => (k % 7) / 7);
  const { seconds } = await fit(m, x, { epochs: 20, validationData: x });
  assert.equal(seconds.length, 20);
  assert.ok(seconds.every((value) => value >= 0));
  const picture = { width: 150, height: 150, data: new Uint8ClampedArray(4 * 150 * 150) };
  let calls = 0;
  await denoiseImage(m, picture, { onProgress: () => void calls++ });
  return calls;
}

describe('with stopped timers', () => {
  it('of node:test, fit and denoiseImage complete', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
    try {
      assert.ok((await work(isthmus)) > 0);
    } finally {
      mock.timers.reset();
    }
  });

  const setTimeout = Object.assign(() => 0, { clock: {} });
  const setImmediate = Object.assign(() => 0, { clock: {} });
  const real = { setTimeout: globalThis.setTimeout };
  const clock = { Date: { now: () => 0 }, performance: { now: () => 0 } };
  const throws = {
    setImmediate(): never {
      throw new Error('not supported here');
    },
  }.setImmediate;
  for (const [name, globals] of [
    ['with messages', { MessageChannel, setTimeout, setImmediate, ...clock }],
    ['without messages, as jsdom is', { setTimeout, ...clock }],
    ['with parts that throw, as some edges are', { MessageChannel: throws, setImmediate: throws, ...real }],
  ] as const)
    it(`in a realm ${name}, fit and denoiseImage complete`, async () => {
      assert.ok((await work(await bare(globals))) > 0);
    });

  it('and a stopped clock, fit yields to the event loop after a number of operations', async () => {
    const { autoencoder, dense, fit } = await bare({ MessageChannel, ...clock });
    const spec = { input: [1024], encoder: [dense({ units: 512 })], decoder: [dense({ units: 1024 })] };
    const m = await autoencoder(spec, { seed: 1 });
    let [batches, others] = [0, 0];
    const timer = setInterval(() => others++, 1);
    await fit(m, new Float32Array(1024 * 32 * 40), { onBatchEnd: () => void batches++ });
    clearInterval(timer);
    assert.equal(batches, 40);
    assert.ok(others >= 2, `${others} turns`);
  });
});
