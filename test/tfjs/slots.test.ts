// The slots of fusedAdam: each variable has one pair of slots, which does not depend on the order of the gradients.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { fusedAdam, installKernels } from 'isthmus/tfjs';
import { bench, floats } from './slots.ts';
import { start } from './start.ts';

describe('slots of fusedAdam', () => {
  before(async () => {
    await start();
    await installKernels(tf);
  });

  it('do not overwrite 300 other tensors when a frozen base is trained after its head', async () => {
    const { dense } = layers.layers;
    const base = dense({ units: 64, inputShape: [8] });
    const head = dense({ units: 1 });
    const model = layers.sequential({ layers: [base, head] });
    const optimizer = fusedAdam(0.01);
    const [x, y] = [tf.tensor2d(floats(32 * 8), [32, 8]), tf.ones([32, 1])];
    const train = async (trainable: boolean): Promise<void> => {
      base.trainable = trainable;
      model.compile({ optimizer, loss: 'meanSquaredError' });
      for (let i = 0; i < 3; i++) await model.trainOnBatch(x, y);
    };
    await train(false);
    const others = Array.from({ length: 300 }, () => tf.fill([16], 7.25));
    await train(true);
    for (const other of others) assert.deepEqual([...other.dataSync()], new Array(16).fill(7.25));
    const names = (await optimizer.getWeights()).map(({ tensor }) => tensor.shape.join());
    assert.deepEqual(names, ['', '8,64', '64', '64,1', '1', '8,64', '64', '64,1', '1']);
    tf.dispose(others);
    model.dispose();
  });

  it('belong to their variables when variables are added, left out or reordered', () => {
    const b = bench({ a: 64, b: 1, c: 7 });
    b.step('b');
    b.step('b', 'a');
    b.step('c', 'a', 'b');
    b.step('a', 'b', 'c');
    b.step('c');
    b.add('d', 5);
    b.step('d', 'c', 'b', 'a');
    b.check();
    b.end();
  });

  it('belong to their variables in the object form of gradients, in which null skips a variable', () => {
    const b = bench({ a: 3, b: 4 });
    b.step('a', 'b');
    const zeros = tf.zeros([4]);
    const before = [...b.variables.get('a')!.dataSync()];
    b.optimizer.applyGradients({ b: zeros, a: null as unknown as tf.Tensor });
    assert.deepEqual([...b.variables.get('a')!.dataSync()], before);
    zeros.dispose();
    b.end();
  });

  it('start from zero when a variable is disposed and recreated, of any size', async () => {
    const b = bench({ a: 64, b: 9 });
    for (let i = 0; i < 3; i++) b.step('a', 'b');
    b.variables.get('a')!.dispose();
    const held = tf.memory().numTensors;
    b.step('b');
    assert.equal(tf.memory().numTensors, held - 2, 'the slots of a disposed variable are disposed');
    for (const size of [64, 3]) {
      const other = bench({ a: size });
      b.variables.set('a', other.variables.get('a')!);
      const g = floats(size, 9);
      const tensor = tf.tensor1d(g);
      b.optimizer.applyGradients([{ name: 'a', tensor }]);
      const { tensor: m } = (await b.optimizer.getWeights()).find(({ name }) => name === 'a/m')!;
      assert.deepEqual(m.shape, [size]);
      for (const [i, value] of m.dataSync().entries()) assert.ok(Math.abs(value - 0.1 * g[i]!) < 1e-6, 'from zero');
      tensor.dispose();
      b.variables.get('a')!.dispose();
    }
    b.end();
  });

  it('are recreated after all variables, slots included, were disposed', () => {
    const optimizer = fusedAdam(0.1);
    for (let round = 0; round < 2; round++) {
      const w = tf.variable(tf.tensor1d([1, 2, 3]), true, 'again');
      const g = tf.ones([3]);
      optimizer.applyGradients([{ name: 'again', tensor: g }]);
      optimizer.applyGradients([{ name: 'again', tensor: g }]);
      g.dispose();
      if (round === 0) {
        for (const variable of Object.values(tf.engine().registeredVariables)) variable.dispose();
      } else {
        assert.ok([...w.dataSync()].every(Number.isFinite));
        w.dispose();
      }
    }
    optimizer.dispose();
  });

  it('are separate for two models that share the optimizer', () => {
    const b = bench({ 'one/w': 64, 'one/b': 1, 'two/w': 3, 'two/b': 5 });
    for (let i = 0; i < 3; i++) {
      b.step('one/w', 'one/b');
      b.step('two/w', 'two/b');
    }
    b.check();
    b.end();
  });

  it('are updated once if the same gradient is listed twice, and not at all if two gradients of a variable are listed', () => {
    const b = bench({ a: 3 });
    const twice = bench({ b: 3 });
    const g = tf.tensor1d([1, 2, 3]);
    b.optimizer.applyGradients([{ name: 'a', tensor: g }]);
    twice.optimizer.applyGradients([
      { name: 'b', tensor: g },
      { name: 'b', tensor: g },
    ]);
    assert.deepEqual([...twice.variables.get('b')!.dataSync()], [...b.variables.get('a')!.dataSync()]);
    const [h, before] = [tf.ones([3]), [...b.variables.get('a')!.dataSync()]];
    const two = [
      { name: 'a', tensor: g as tf.Tensor },
      { name: 'a', tensor: h },
    ];
    assert.throws(() => b.optimizer.applyGradients(two), {
      name: 'RangeError',
      message: '"a" expected one gradient, got "two"',
    });
    assert.deepEqual([...b.variables.get('a')!.dataSync()], before);
    tf.dispose([g, h]);
    b.end();
    twice.end();
  });
});
