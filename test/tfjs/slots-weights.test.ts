// The slots of fusedAdam as weights: getWeights returns them, setWeights restores or refuses them.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { fusedAdam, installKernels } from 'isthmus/tfjs';
import { bench, floats } from './slots.ts';
import { start } from './start.ts';

type Named = Awaited<ReturnType<tf.Optimizer['getWeights']>>;

describe('slots of fusedAdam as weights', () => {
  before(async () => {
    await start();
    await installKernels(tf);
  });

  it('are restored from getWeights unchanged, for any order and any names of variables', async () => {
    for (const { renamed, turned } of [
      { renamed: false, turned: false },
      { renamed: false, turned: true },
      { renamed: true, turned: false },
    ]) {
      const whole = bench({ a: 6, b: 6 });
      whole.step('a', 'b');
      whole.step('a', 'b');
      const saved: Named = (await whole.optimizer.getWeights()).map(({ name, tensor }) => ({
        name: renamed ? name.replace(/^./, (letter) => `saved_${letter}`) : name,
        tensor: tf.clone(tensor),
      }));
      whole.optimizer.dispose();
      await whole.optimizer.setWeights(saved);
      assert.equal((await whole.optimizer.getWeights()).length, 5, 'before the first step');
      whole.step(...(turned ? ['b', 'a'] : ['a', 'b']));
      whole.step('a', 'b');
      whole.check();
      const names = (await whole.optimizer.getWeights()).map(({ name }) => name);
      assert.deepEqual(names, ['iter', 'a/m', 'b/m', 'a/v', 'b/v']);
      for (const { tensor } of saved) tensor.dispose();
      whole.end();
    }
  });

  it('are restored when only some of the variables are trained first', async () => {
    const whole = bench({ a: 64, b: 1, c: 3 });
    whole.step('a', 'b', 'c');
    const saved: Named = (await whole.optimizer.getWeights()).map(({ name, tensor }) => ({
      name,
      tensor: tf.clone(tensor),
    }));
    await whole.optimizer.setWeights(saved);
    whole.step('b');
    whole.step('c', 'b');
    whole.step('a', 'b', 'c');
    whole.check();
    for (const { tensor } of saved) tensor.dispose();
    whole.end();
  });

  it('are restored from a model that tf.train.adam trained and tfjs saved', async () => {
    const { dense } = layers.layers;
    const [x, y] = [tf.tensor2d(floats(8 * 5), [8, 5]), tf.tensor2d(floats(16, 5), [8, 2])];
    const kernelInitializer = layers.initializers.glorotUniform({ seed: 3 });
    const model = layers.sequential({
      layers: [dense({ units: 5, inputShape: [5], kernelInitializer }), dense({ units: 2, kernelInitializer })],
    });
    model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
    for (let i = 0; i < 3; i++) await model.trainOnBatch(x, y);
    let saved: tf.io.ModelArtifacts | undefined;
    const keep = tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    await model.save(keep, { includeOptimizer: true });
    // The variables of the loaded model have new names.
    const loaded = await layers.loadLayersModel(tf.io.fromMemory(saved!));
    const optimizer = fusedAdam(0.02);
    await optimizer.setWeights(await loaded.optimizer.getWeights());
    loaded.compile({ optimizer, loss: 'meanSquaredError' });
    for (let i = 0; i < 3; i++) {
      const [a, b] = [await model.trainOnBatch(x, y), await loaded.trainOnBatch(x, y)] as [number, number];
      assert.ok(Math.abs(a - b) < 1e-5 * a, `${a} ${b}`);
    }
  });

  it('refuse weights of a wrong number, shape or type, and slots of other variables', async () => {
    const b = bench({ a: 3 });
    const iter = { name: 'iter', tensor: tf.scalar(1, 'int32') as tf.Tensor };
    const slot = (name: string, size: number, dtype: 'float32' | 'int32' = 'float32') => ({
      name,
      tensor: tf.zeros([size], dtype) as tf.Tensor,
    });
    b.step('a');
    for (const [list, message] of [
      [[], '"weightValues" expected iter and two slots for each variable, got 0'],
      [[iter, slot('a/m', 3)], '"weightValues" expected iter and two slots for each variable, got 2'],
      [[iter, slot('a/m', 3), slot('a/v', 4)], '"a/v" expected float32 values of shape [3], got "float32 [4]"'],
      [[iter, slot('a/m', 3, 'int32'), slot('a/v', 3)], '"a/m" expected float32 values of shape [3], got "int32 [3]"'],
    ] as [Named, string][]) {
      await assert.rejects(b.optimizer.setWeights(list), { name: 'RangeError', message });
      assert.equal((await b.optimizer.getWeights()).length, 3, 'a refused call keeps the slots');
    }
    await b.optimizer.setWeights([iter, slot('a/m', 4), slot('a/v', 4)]);
    const before = [...b.variables.get('a')!.dataSync()];
    assert.throws(() => b.step('a'), { name: 'RangeError', message: '"a/m" expected a slot of shape [3], got [4]' });
    await b.optimizer.setWeights([iter, slot('x/m', 4), slot('x/v', 4)]);
    assert.throws(() => b.step('a'), {
      name: 'RangeError',
      message: '"weightValues" expected slots of the variables "a", got "x"',
    });
    assert.deepEqual([...b.variables.get('a')!.dataSync()], before);
    b.end();
  });

  it('are unchanged if a gradient is disposed, which the error names', () => {
    const b = bench({ a: 3, b: 2 });
    const [g, disposed] = [tf.ones([3]), tf.ones([2])];
    disposed.dispose();
    const before = [...b.variables.get('a')!.dataSync()];
    const list = [
      { name: 'a', tensor: g as tf.Tensor },
      { name: 'b', tensor: disposed as tf.Tensor },
    ];
    assert.throws(() => b.optimizer.applyGradients(list), {
      name: 'RangeError',
      message: '"b" expected a gradient, got "a tensor that was disposed"',
    });
    assert.deepEqual([...b.variables.get('a')!.dataSync()], before);
    g.dispose();
    b.end();
  });
});
