// CommonJS and ES modules in one program: the objects of one copy of the package work with the other copy.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as isthmus from 'isthmus';
import * as slim from 'isthmus/slim';
import * as tfjs from 'isthmus/tfjs';
import * as worker from 'isthmus/worker';

const require = createRequire(import.meta.url);
const common: typeof isthmus = require('isthmus');

describe('CommonJS', () => {
  it('exports the names of the ES modules at every subpath', () => {
    for (const [name, entry] of Object.entries({
      isthmus,
      'isthmus/slim': slim,
      'isthmus/tfjs': tfjs,
      'isthmus/worker': worker,
    })) {
      const path = require.resolve(name);
      assert.match(path, /[\\/]dist[\\/]cjs[\\/]/);
      assert.deepEqual(Object.keys(require(name)).sort(), Object.keys(entry).sort());
      // Tools that do not read `exports` resolve the folder of the subpath.
      const folder = join(path, '../../..', name.replace('isthmus', '.'));
      assert.equal(require.resolve(folder), path);
    }
  });

  it('and ES modules accept layers, specs, models, histories and files of each other', async () => {
    const x = Float32Array.from({ length: 400 }, (_, i) => (i % 13) / 13);
    for (const [a, b] of [
      [isthmus, common],
      [common, isthmus],
    ] as const) {
      const spec = { input: [4], encoder: [b.dense({ units: 2 })], decoder: [a.dense({ units: 4 })] };
      const m = await a.autoencoder(spec, { seed: 1 });
      const again = await b.autoencoder(spec, { seed: 1 });
      const options = {
        epochs: 2,
        deterministic: true,
        optimizer: a.adam(0.01),
        corruption: a.gaussianNoise({ stddev: 0.1 }),
      };
      const history = await b.fit(m, x, options);
      await b.fit(again, x, options);
      assert.deepEqual(b.saveModel(m), a.saveModel(again));
      assert.equal(b.evaluate(m, x).loss, a.evaluate(again, x).loss);
      await a.fit(m, x, { ...options, epochs: 3, resume: history });
      const codec = await b.createCodec(m, x, { maxError: 0.01 });
      const read = await a.loadCodec(codec.save());
      assert.deepEqual(read.decompress(codec.compress(x)), codec.decompress(codec.compress(x)));
      await assert.rejects(async () => b.fit(m, 'x' as never), { name: 'TypeError' });
      await assert.rejects(a.loadModel(new Uint8Array(9)), { name: 'FormatError', code: /./ });
    }
  });
});
