// Timers and clocks that stand still, as tests of an application have them: what the package does goes on all the same.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import * as isthmus from 'isthmus';
import type { Isthmus } from '../suites/assert.ts';
import { bare } from './bare.ts';

/** Everything that gives others a turn, more than once. */
async function work(i: Isthmus): Promise<number> {
  const { autoencoder, dense, denoiseImage, fit, flatten, reshape } = i;
  const decoder = [dense({ units: 64 }), reshape({ targetShape: [8, 8, 1] })];
  const m = await autoencoder({ input: [8, 8, 1], encoder: [flatten(), dense({ units: 4 })], decoder }, { seed: 1 });
  const x = Float32Array.from({ length: 64 * 64 }, (_, k) => (k % 7) / 7);
  const { seconds } = await fit(m, x, { epochs: 20, validationData: x });
  assert.ok(seconds.every((value) => value >= 0));
  const picture = { width: 150, height: 150, data: new Uint8ClampedArray(4 * 150 * 150) };
  let calls = 0;
  await denoiseImage(m, picture, { onProgress: () => void calls++ });
  return calls;
}

describe('under timers that stand still', () => {
  it('of node:test, fit and denoiseImage come to their end', async () => {
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
    it(`in a realm ${name}, they do as well`, async () => {
      assert.ok((await work(await bare(globals))) > 0);
    });

  it('a clock that stands still does not keep others from their turn: operations are counted', async () => {
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
