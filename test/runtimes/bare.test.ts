// The package in a realm whose only globals are those of the language and WebAssembly.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as isthmus from 'isthmus';
import { compressInAllModes, digestsOfFiles } from '../suites/compressed-data.ts';
import { suites } from '../suites/index.ts';
import { bare } from './bare.ts';

/**
 * The globals that the suites need: streams, a URL and a Blob to read, a console whose warnings they look at. Without timers
 * none of theirs would have a turn.
 */
const asked = await bare({ Blob, ReadableStream, WritableStream, console, fetch, setTimeout });

for (const [name, suite] of Object.entries(suites)) {
  describe(`without the globals of a platform: ${name}`, () => {
    for (const [title, body] of Object.entries(suite)) it(title, () => body(asked) as Promise<void>);
  });
}

describe('without any global of a platform', () => {
  it('models and codecs are built, trained, saved and loaded, with the same bits', async () => {
    assert.deepEqual(
      await digestsOfFiles(await compressInAllModes(await bare())),
      await digestsOfFiles(await compressInAllModes(isthmus)),
    );
  });

  it('denoiseImage denoises a picture tile by tile', async () => {
    const { autoencoder, denoiseImage, flatten, dense, reshape } = await bare();
    const decoder = [dense({ units: 64 }), reshape({ targetShape: [8, 8, 1] })];
    const m = await autoencoder({ input: [8, 8, 1], encoder: [flatten(), dense({ units: 4 })], decoder });
    const picture = { width: 200, height: 200, data: new Uint8ClampedArray(4 * 200 * 200) };
    const shares: number[] = [];
    await denoiseImage(m, picture, { onProgress: (done) => shares.push(done) });
    assert.ok(shares.length > 1 && shares.at(-1) === 1, `${shares}`);
  });

  it('default seeds are integers and differ', async () => {
    const { autoencoder, dense } = await bare();
    const spec = { input: [2], encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] };
    const seeds = [(await autoencoder(spec)).seed, (await autoencoder(spec)).seed];
    assert.notEqual(seeds[0], seeds[1]);
    for (const seed of seeds) assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32, `${seed}`);
  });
});
