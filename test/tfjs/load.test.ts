// loadWasmBackend starts the WASM backend from a compiled module, which is the only form a Cloudflare Worker has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { installKernels, loadWasmBackend } from 'isthmus/tfjs';

const require = createRequire(import.meta.url);
const build = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(require.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}.wasm`)));

describe('loadWasmBackend', () => {
  it('refuses a wrong module and keeps the current backend', async () => {
    await tf.setBackend('cpu');
    const empty = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    await assert.rejects(() => loadWasmBackend(tf, { module: {} as WebAssembly.Module }), {
      name: 'TypeError',
      message: '"module" expected a WebAssembly.Module, got an object',
    });
    await assert.rejects(() => loadWasmBackend(tf, { module: build('tfjs-backend-wasm-threaded-simd') }), {
      name: 'RangeError',
      message: '"module" expected a build of the backend for one thread, got "the threaded one"',
    });
    await assert.rejects(() => loadWasmBackend({} as typeof tf, { module: empty }), { name: 'TypeError' });
    const warn = console.warn;
    console.warn = () => {};
    await assert.rejects(() => loadWasmBackend(tf, { module: empty }), /does not start from this module/);
    console.warn = warn;
    assert.equal(tf.getBackend(), 'cpu');
    assert.deepEqual([...tf.add([1], [2]).dataSync()], [3]);
  });

  for (const name of ['tfjs-backend-wasm-simd', 'tfjs-backend-wasm']) {
    it(`starts the backend from ${name}.wasm, and our kernels run on it`, async () => {
      await loadWasmBackend(tf, { module: build(name) });
      assert.equal(tf.getBackend(), 'wasm');
      assert.equal((globalThis as { __dirname?: string }).__dirname, undefined);
      await installKernels(tf);
      const conv = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid');
      const [dx, dw] = tf.grads((x, w) => conv(x!, w!))([tf.ones([1, 3, 3, 1]), tf.ones([2, 2, 1, 1])]);
      assert.deepEqual([...dx!.dataSync()], [1, 2, 1, 2, 4, 2, 1, 2, 1]);
      assert.deepEqual([...dw!.dataSync()], [4, 4, 4, 4]);
      await assert.rejects(() => loadWasmBackend(tf, { module: build(name) }), {
        name: 'RangeError',
        message: '"tf" expected no WASM backend that runs already, got "one that does"',
      });
      tf.removeBackend('wasm');
      await tf.setBackend('cpu');
    });
  }
});
