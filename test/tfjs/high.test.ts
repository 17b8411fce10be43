// Kernels on tensors at addresses above 2 GB in the memory of tfjs: JavaScript receives such an address as a negative i32.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { fusedAdam, installKernels } from 'isthmus/tfjs';
import { cases, inputs, title } from './guards-cases.ts';
import { kernel, start } from './start.ts';

interface Backend {
  readonly wasm: { _malloc(bytes: number): number; _free(address: number): void };
  readonly dataIdMap: { get(id: object): { memoryOffset: number } };
}

it('every kernel gives the same bits at addresses above 2 GB', async () => {
  await start();
  await installKernels(tf, { deterministic: true });
  const { wasm, dataIdMap } = tf.backend() as unknown as Backend;
  const sampledCases = Object.entries(cases).flatMap(([name, list]) =>
    list.filter((_, i) => i % 5 === 0).map((one) => ({ name, one })),
  );
  const outcomes = (): number[][] =>
    sampledCases.map(({ name, one }) => {
      const given = inputs(one);
      const y = kernel(name, given, one.attrs);
      const words = [...new Uint32Array(Float32Array.from(y.dataSync()).buffer)];
      tf.dispose([y, ...Object.values(given)]);
      return words;
    });
  const low = outcomes();
  // Allocates all memory below 2 GB. Nothing is written to these blocks, so they take no physical memory.
  for (let bytes = 2 ** 30; bytes >= 4; bytes /= 2) {
    let address = wasm._malloc(bytes) >>> 0;
    while (address && address < 2 ** 31) address = wasm._malloc(bytes) >>> 0;
    wasm._free(address);
  }
  const probe = tf.ones([2]);
  assert.ok(dataIdMap.get(probe.dataId).memoryOffset >= 2 ** 31);
  const high = outcomes();
  for (const [i, { name, one }] of sampledCases.entries()) assert.deepEqual(high[i], low[i], `${name}: ${title(one)}`);
  const w = tf.variable(tf.ones([5]));
  fusedAdam(0.5).applyGradients([{ name: w.name, tensor: tf.ones([5]) }]);
  for (const value of w.dataSync()) assert.ok(Math.abs(value - 0.5) < 1e-6);
  assert.ok(process.memoryUsage().rss < 2 ** 30, `${process.memoryUsage().rss} bytes are resident`);
});
