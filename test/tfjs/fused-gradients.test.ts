// The gradients that fusedAdam computes, compared with those of tfjs for the same function.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { fusedAdam, installKernels } from 'isthmus/tfjs';
import { nearly, start, tensor, values } from './start.ts';

/** Names of the kernels that `run` runs. */
async function kernelsOf(run: () => void): Promise<string[]> {
  const { kernels } = await tf.profile(async () => {
    run();
    return tf.scalar(0);
  });
  return kernels.map(({ name }) => name);
}

const w = (shape: number[], k = 1): tf.Variable => tf.variable(tensor(values(tf.util.sizeFromShape(shape), k), shape));
const weighted = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(x, tensor(values(x.size, 9), x.shape)));

interface Case {
  readonly shape: number[];
  readonly loss: (variable: tf.Variable) => tf.Scalar;
  /** A kernel that only the gradient of tfjs runs; undefined where the gradient of tfjs stays. */
  readonly avoids?: string;
}

const other = (): tf.Tensor => tensor(values(5 * 64, 4), [5, 64]);
const cases: Readonly<Record<string, Case>> = {
  'the mean of all values': { shape: [5, 64], loss: (x) => tf.mean(x), avoids: 'RealDiv' },
  'means over the last axis': { shape: [5, 64], loss: (x) => weighted(tf.mean(x, -1)), avoids: 'RealDiv' },
  'means over the last axis that stays': { shape: [5, 64], loss: (x) => weighted(tf.mean(x, 1, true)), avoids: 'RealDiv' },
  'means over the last two axes': { shape: [3, 4, 16], loss: (x) => weighted(tf.mean(x, [2, 1])), avoids: 'RealDiv' },
  'means over the first axis': { shape: [64, 5], loss: (x) => weighted(tf.mean(x, 0)) },
  'means of few values': { shape: [40, 3], loss: (x) => weighted(tf.mean(x, -1)) },
  'a square': { shape: [5, 64], loss: (x) => weighted(tf.mul(x, x)) },
  'a product with a copy': { shape: [5, 64], loss: (x) => weighted(tf.mul(x, x.clone())) },
  'a product with a copy that is constant': { shape: [5, 64], loss: (x) => weighted(tf.mul(tf.customGrad(() => ({ value: x.clone(), gradFunc: (dy) => [tf.zerosLike(dy as tf.Tensor)] }))(x), x)) },
  'a product of two tensors': { shape: [5, 64], loss: (x) => weighted(tf.mul(x, other())) },
  'a product of a tensor and a row': { shape: [64], loss: (x) => weighted(tf.mul(other(), x)) },
  relu: { shape: [5, 33], loss: (x) => weighted(tf.relu(x)), avoids: 'Step' },
  sigmoid: { shape: [5, 33], loss: (x) => weighted(tf.sigmoid(x)), avoids: 'Sub' },
  tanh: { shape: [5, 33], loss: (x) => weighted(tf.tanh(x)), avoids: 'Sub' },
  'a layer and its mean squared error': {
    shape: [8, 40],
    loss: (x) => tf.mean(tf.mean(tf.mul(tf.sub(tf.sigmoid(tf.matMul(tensor(values(24), [3, 8]), x)), 0.5), tf.sub(tf.sigmoid(tf.matMul(tensor(values(24), [3, 8]), x)), 0.5)), -1)),
  },
}; // biome-ignore format: a table

describe('gradients of fusedAdam', () => {
  before(async () => {
    await start();
    await installKernels(tf, { deterministic: true });
  });

  for (const [name, { shape, loss, avoids }] of Object.entries(cases)) {
    it(`${name}: as tfjs computes it, and no tensor is left`, async () => {
      const variable = w(shape);
      const optimizer = fusedAdam();
      const tensors = tf.memory().numTensors;
      const blocks = tf.engine().backend.numDataIds();
      const theirs = tf.variableGrads(() => loss(variable), [variable]);
      const ours = optimizer.computeGradients(() => loss(variable), [variable]);
      const [expected, actual] = [theirs.grads, ours.grads].map((grads) => grads[variable.name]!);
      assert.deepEqual(actual!.shape, expected!.shape);
      nearly(actual!.dataSync(), expected!.dataSync(), name);
      assert.equal(ours.value.dataSync()[0], theirs.value.dataSync()[0]);
      tf.dispose([theirs.value, theirs.grads, ours.value, ours.grads]);
      assert.deepEqual([tf.memory().numTensors, tf.engine().backend.numDataIds()], [tensors, blocks]);
      const compute = (gradients: typeof optimizer.computeGradients) => () =>
        tf.tidy(() => void gradients(() => loss(variable), [variable]));
      const before = await kernelsOf(compute(tf.variableGrads));
      const after = await kernelsOf(compute(optimizer.computeGradients.bind(optimizer)));
      assert.ok(after.length <= before.length, `${after.length} kernels instead of ${before.length}`);
      if (!avoids) return;
      assert.ok(before.includes(avoids), `${before} has ${avoids}`);
      assert.ok(!after.includes(avoids), `${after} has no ${avoids}`);
      variable.dispose();
    });
  }

  it('gradients within the loss are those of tfjs, which have gradients themselves', () => {
    const variable = w([4, 40]);
    const slope = (f: (x: tf.Tensor) => tf.Tensor) => tf.grad((x: tf.Tensor) => tf.sum(f(x)));
    const functions: ((x: tf.Tensor) => tf.Tensor)[] = [
      (x) => tf.mul(x, x),
      (x) => tf.mul(x, tf.sigmoid(x)),
      (x) => tf.mul(tf.relu(x), tf.tanh(x)),
      (x) => tf.mean(tf.mul(x, tf.mul(x, x)), -1),
    ];
    for (const f of functions) {
      const loss = (): tf.Scalar => tf.mean(slope(f)(tf.mul(variable, 2)));
      const theirs = tf.variableGrads(loss, [variable]).grads[variable.name]!;
      const ours = fusedAdam().computeGradients(loss, [variable]).grads[variable.name]!;
      nearly(ours.dataSync(), theirs.dataSync(), String(f));
    }
  });

  it('tfjs has its own gradients afterwards, after an error too', () => {
    const variable = w([4]);
    const names = ['Mean', 'Multiply', 'Relu', 'Sigmoid', 'Tanh'];
    const own = names.map((name) => tf.getGradient(name));
    const optimizer = fusedAdam();
    const seen: unknown[] = [];
    const look = (): tf.Scalar => {
      seen.push(...names.map((name) => tf.getGradient(name)));
      return tf.sum(variable);
    };
    optimizer.computeGradients(look, [variable]);
    assert.ok(seen.length === names.length && !own.some((gradient) => seen.includes(gradient)), 'replaced meanwhile');
    assert.deepEqual(names.map((name) => tf.getGradient(name)), own); // biome-ignore format: a line
    assert.throws(
      () =>
        optimizer.computeGradients(() => {
          throw new Error('no loss');
        }, [variable]),
      /no loss/,
    );
    names.forEach((name, i) => {
      assert.equal(tf.getGradient(name), own[i]);
    });
  });

  it('a loss with an optimizer inside keeps both apart', () => {
    const [outer, inner] = [w([4, 40]), w([4, 40], 3)];
    const step = (): tf.Scalar => {
      tf.dispose(fusedAdam().computeGradients(() => tf.mean(tf.tanh(inner)), [inner]));
      return tf.mean(tf.sigmoid(outer));
    };
    const ours = fusedAdam().computeGradients(step, [outer]).grads[outer.name]!;
    const theirs = tf.variableGrads(() => tf.mean(tf.sigmoid(outer)), [outer]).grads[outer.name]!;
    nearly(ours.dataSync(), theirs.dataSync(), 'the outer gradient');
  });

  it('tensors of integers and empty tensors keep the gradients of tfjs', () => {
    const variable = w([2, 40]);
    const integers = tf.tensor(Array.from({ length: 80 }, (_, i) => i - 40), [2, 40], 'int32'); // biome-ignore format: a line
    const loss = (): tf.Scalar => tf.mean(tf.mul(tf.add(variable, tf.mean(tf.zeros([0, 40]), 0)), tf.relu(integers)));
    const theirs = tf.variableGrads(loss, [variable]).grads[variable.name]!;
    const ours = fusedAdam().computeGradients(loss, [variable]).grads[variable.name]!;
    nearly(ours.dataSync(), theirs.dataSync(), 'integers');
  });
});
