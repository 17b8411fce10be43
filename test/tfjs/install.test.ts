// installKernels: the kernels it registers, its report, its errors, and uninstall.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { installKernels } from 'isthmus/tfjs';
import { kernel, start } from './start.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
type Tf = Parameters<typeof installKernels>[0];

/** The registered kernels by name, and the gradient of Conv2D. */
const registry = (): Map<string, unknown> =>
  new Map([
    ...tf.getKernelsForBackend('wasm').map((config): [string, unknown] => [config.kernelName, config.kernelFunc]),
    ['gradient', tf.getGradient('Conv2D').gradFunc],
  ]);
/** Asserts that `run` rejects with `expected` and changes neither kernels nor tensors. */
async function refused(run: () => Promise<unknown>, expected: object): Promise<void> {
  const had = registry();
  const held = (): unknown => tf.getBackend() && [tf.memory().numTensors, tf.engine().backend.numDataIds()];
  const kept = held();
  await assert.rejects(run, expected);
  assert.deepEqual(registry(), had);
  assert.deepEqual(held(), kept);
}

describe('installKernels without a WASM backend', () => {
  it('refuses no backend, another backend, and a backend that has not started', async () => {
    const message = (got: string): object => ({
      name: 'RangeError',
      message: `"tf" expected the WASM backend, set by await tf.setBackend('wasm'), got ${got}`,
    });
    await refused(() => installKernels(tf), message('"no backend"'));
    await tf.setBackend('cpu');
    await refused(() => installKernels(tf), message('"cpu"'));
    const halted = { ...tf, getBackend: () => 'wasm', engine: () => ({ registry: {} }) } as unknown as Tf;
    await refused(() => installKernels(halted), message('"one that has not started"'));
  });
});

describe('installKernels', () => {
  let original: Map<string, unknown>;
  before(async () => {
    await start();
    original = registry();
  });
  after(async () => (await installKernels(tf)).uninstall());

  it('refuses an object other than tfjs, other versions of tfjs, and wrong options', async () => {
    for (const value of [undefined, null, 1, {}, { version_core: '4.22.0' }])
      await refused(() => installKernels(value as unknown as Tf), {
        name: 'TypeError',
        message: /^"tf" expected the namespace/,
      });
    for (const version_core of ['3.21.0', '4.21.9', '5.0.0', '', undefined]) {
      const other = { ...tf, version_core } as unknown as Tf;
      await refused(() => installKernels(other), {
        name: 'RangeError',
        message: /^"tf" expected TensorFlow\.js >=4\.22 <5, got/,
      });
    }
    await refused(() => installKernels(tf, { strict: true } as object), { name: 'TypeError', message: /"options"/ });
    await refused(() => installKernels(tf, { deterministic: 1 } as object), {
      name: 'TypeError',
      message: /deterministic/,
    });
  });

  it('the error names the missing part of an unexpected backend', async () => {
    const backend = tf.backend() as unknown as Record<string, object>;
    const played = (changes: object): Tf => {
      const changed = Object.assign(Object.create(backend), changes);
      return { ...tf, engine: () => ({ registry: { wasm: changed } }) } as unknown as Tf;
    };
    const { wasm, dataIdMap } = backend as { wasm: { asm: object }; dataIdMap: Map<object, object> };
    let lookups = 0;
    const moved = {
      set: (id: object, record: object) => dataIdMap.set(id, record),
      has: (id: object) => dataIdMap.has(id),
      delete: (id: object) => dataIdMap.delete(id),
      get: (id: object) => (lookups++ ? dataIdMap.get(id) : { ...dataIdMap.get(id), memoryOffset: 6 }),
    };
    for (const [changes, missing] of [
      [{ wasm: { ...wasm, _malloc: 1 } }, 'no allocator'],
      [{ wasm: { ...wasm, asm: {}, wasmMemory: {} } }, 'no WebAssembly.Memory'],
      [{ wasm: { ...wasm, tfjs: { registerTensor() {} } } }, 'no list of tensors'],
      [{ dataIdMap: {} }, 'no table of tensors'],
      [{ makeOutput: undefined }, 'no makeOutput'],
      [{ readSync: () => new Float32Array(2) }, 'tensors that lie elsewhere'],
      [{ dataIdMap: moved }, 'no address of a tensor'],
    ] as const) {
      const message = `"tf" expected a WASM backend as in TensorFlow.js 4.22, got "${missing} in ${tf.version_core}"`;
      await refused(() => installKernels(played(changes)), { name: 'RangeError', message });
    }
  });

  it('lists its kernels, returns the same object when called again, and uninstalls', async () => {
    const installed = await installKernels(tf);
    const { version, added, replaced, threaded } = installed;
    assert.deepEqual({ version, threaded }, { version: tf.version_core, threaded: false });
    const convolutions = ['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'];
    assert.deepEqual(added, [...convolutions, 'DepthwiseConv2dNativeBackpropInput', 'UnsortedSegmentSum']);
    for (const name of ['MaxPoolGrad', 'MaxPool3D', 'MaxPool3DGrad', 'BatchMatMul']) assert.ok(replaced.includes(name));
    const changed = registry();
    for (const name of [...added, ...replaced]) assert.notEqual(changed.get(name), original.get(name), name);
    assert.equal(await installKernels(tf), installed);
    assert.deepEqual(registry(), changed);
    const strict = await installKernels(tf, { deterministic: true });
    assert.deepEqual([strict.relaxed, strict.added], [false, added]);
    installed.uninstall();
    assert.notDeepEqual(registry(), original, 'uninstall of a replaced installation changes nothing');
    strict.uninstall();
    strict.uninstall();
    assert.deepEqual(registry(), original);
    const { uninstall } = await installKernels(tf);
    assert.deepEqual([...registry().keys()], [...changed.keys()]);
    uninstall();
    assert.deepEqual(registry(), original, 'uninstall works as a detached function');
    const again = await installKernels(tf);
    assert.deepEqual([...registry().keys()], [...changed.keys()], 'the kernels are registered again');
    again.uninstall();
    assert.deepEqual(registry(), original);
  });

  it('uninstall keeps a kernel that other code has registered since', async () => {
    const installed = await installKernels(tf);
    const ours = tf.getKernel('MaxPool3D', 'wasm');
    const theirs = { ...ours };
    tf.unregisterKernel('MaxPool3D', 'wasm');
    tf.registerKernel(theirs);
    installed.uninstall();
    assert.equal(tf.getKernel('MaxPool3D', 'wasm'), theirs);
    tf.unregisterKernel('MaxPool3D', 'wasm');
    tf.registerKernel({ ...ours, kernelFunc: original.get('MaxPool3D') as typeof ours.kernelFunc });
    assert.deepEqual(registry(), original);
  });

  it('passes calls that only tfjs supports to tfjs, and names unsupported arguments', async () => {
    await installKernels(tf);
    const x = tf.ones([1, 4, 4, 1]);
    const ints = tf.ones([1, 4, 4, 1], 'int32');
    const w = tf.ones([2, 2, 1, 1]);
    const dy = tf.ones([1, 3, 3, 1]);
    const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: [2, 2, 1, 1], inputShape: [1, 4, 4, 1] };
    assert.throws(() => kernel('Conv2DBackpropFilter', { x: ints, dy }, attrs), {
      name: 'TypeError',
      message: '"x" expected a float32 tensor, got int32',
    });
    assert.throws(() => kernel('Conv2DBackpropFilter', { x, dy }, { ...attrs, dataFormat: 'CHWN' }), {
      name: 'RangeError',
      message: '"dataFormat" expected NHWC, got "CHWN"',
    });
    assert.throws(() => kernel('Conv2DBackpropFilter', { x, dy: w }, attrs), /"dy" expected the shape \[1,3,3,1\]/);
    assert.throws(() => kernel('UnsortedSegmentSum', { x, segmentIds: ints }, { numSegments: 1 }), /"segmentIds"/);
    // Our kernel sums over leading or trailing axes only; other sums are passed to tfjs.
    assert.deepEqual([...kernel('Sum', { x: dy }, { axis: [2], keepDims: false }).dataSync()], [3, 3, 3]);
    assert.throws(
      () => kernel('BatchMatMul', { a: tf.ones([2, 2], 'int32'), b: tf.ones([2, 2]) }, {}),
      /not yet supported/,
    );
    // The gradient over an empty batch is zero.
    assert.deepEqual(
      [...kernel('Conv2DBackpropFilter', { x: tf.zeros([0, 4, 4, 1]), dy: tf.zeros([0, 3, 3, 1]) }, attrs).dataSync()],
      [0, 0, 0, 0],
    );
    assert.equal(tf.engine().backend.numDataIds(), tf.memory().numDataBuffers, 'a refused call leaks no tensor');
  });

  it('kernels work after the memory has grown', async () => {
    await installKernels(tf);
    const { buffer } = (tf.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }).wasm.asm.memory;
    const before = buffer.byteLength;
    const product = (n: number): number =>
      tf.tidy(() => tf.max(tf.matMul(tf.ones([n, n]), tf.ones([n, n]), false, true)).dataSync()[0]!);
    assert.equal(product(8), 8);
    const big = tf.zeros([before / 4]);
    assert.equal(buffer.byteLength, 0, 'grown: the old buffer is detached');
    assert.equal(product(700), 700);
    big.dispose();
  });

  it('kernels work after the backend was restarted in another memory', async () => {
    await installKernels(tf);
    const old = tf.backend();
    const { BackendWasm } = await import('@tensorflow/tfjs-backend-wasm');
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
    assert.equal(await tf.setBackend('wasm'), true);
    assert.ok(tf.backend() instanceof BackendWasm && tf.backend() !== old);
    const [x, dy] = [tf.ones([1, 4, 4, 1]), tf.ones([1, 3, 3, 1])];
    const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: [2, 2, 1, 1] };
    assert.deepEqual([...kernel('Conv2DBackpropFilter', { x, dy }, attrs).dataSync()], [9, 9, 9, 9]);
  });
});

it('1,000 training steps of a convolutional model leak no tensor', async () => {
  await start();
  await installKernels(tf);
  const { conv2d, maxPooling2d, flatten, dense } = layers.layers;
  const model = layers.sequential({
    layers: [
      conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 3 }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  const [x, y] = [tf.ones([4, 6, 6, 1]), tf.ones([4, 3])];
  const step = (): Promise<unknown> => model.trainOnBatch(x, y);
  await step();
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  const held = tf.engine().backend.numDataIds();
  for (let i = 0; i < 1000; i++) await step();
  const now = tf.memory();
  assert.deepEqual([now.numTensors, now.numDataBuffers, now.numBytes], [numTensors, numDataBuffers, numBytes]);
  assert.equal(tf.engine().backend.numDataIds(), held);
});

it('isthmus imports no module of tfjs', () => {
  const code = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve(name, context, next) { seen.push(name); return next(name, context); } });
    const { autoencoder, dense, fit } = await import('isthmus');
    const m = await autoencoder({ input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] });
    await fit(m, new Float32Array(16));
    const found = () => [seen.some((name) => name.includes('tensorflow')), seen.some((name) => name.includes('tfjs'))];
    console.log(found().join());
    await import('@tensorflow/tfjs-core');
    console.log(found().join());`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' });
  assert.equal(out, 'false,false\ntrue,true\n', 'the search finds tfjs only once it is imported');
});
