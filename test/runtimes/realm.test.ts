// Arrays of another realm, as in frames and in test runners that replace globals.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runInNewContext } from 'node:vm';
import * as isthmus from 'isthmus';

it('the package accepts arrays, bytes and buffers of another realm', async () => {
  const { autoencoder, dense, fit, loadModel, saveModel } = isthmus;
  const spec = { input: [2], encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] };
  const m = await autoencoder(spec, { seed: 1 });
  const { floats, bytes, list } = runInNewContext(
    '({ floats: new Float32Array([0, 1]), bytes: new Uint8Array([0, 255]), list: [new Float32Array([0, 1])] })',
  );
  assert.ok(!(floats instanceof Float32Array));
  const code = m.encode(new Float32Array([0, 1]));
  for (const x of [floats, bytes, list]) assert.deepEqual(m.encode(x), code);
  await fit(m, floats);
  const saved = saveModel(m);
  const { buffer, view } = runInNewContext('const view = Uint8Array.from(bytes); ({ view, buffer: view.buffer })', {
    bytes: [...saved],
  });
  for (const source of [buffer, view]) assert.deepEqual(saveModel(await loadModel(source)), saved);
  m.setWeights({ 'encoder.0.bias': { shape: [1], data: runInNewContext('new Float32Array([3])') } });
  assert.deepEqual([...m.weights['encoder.0.bias']!.data], [3]);
});
