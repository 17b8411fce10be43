// fusedAdam compared with tf.train.adam: the same steps, and the values of variables are updated in place.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { fusedAdam, installKernels } from 'isthmus/tfjs';
import { start, values } from './start.ts';

const close = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++)
    assert.ok(Math.abs(a[i]! - b[i]!) <= 1e-6 + 1e-5 * Math.abs(b[i]!), `${i}: ${a[i]} ${b[i]}`);
};

it('fusedAdam throws unless installKernels ran before', async () => {
  assert.throws(() => fusedAdam(), {
    name: 'RangeError',
    message: '"fusedAdam" expected kernels installed by await installKernels(tf), got "none"',
  });
});

describe('fusedAdam', () => {
  before(async () => {
    await start();
    await installKernels(tf);
  });

  it('takes the steps of tf.train.adam', () => {
    const target = tf.tensor(Float32Array.from(values(7)));
    const paths = [
      tf.train.adam(0.01, 0.8, 0.99, 1e-5),
      fusedAdam(0.01, { beta1: 0.8, beta2: 0.99, epsilon: 1e-5 }),
    ].map((optimizer) => {
      const w = tf.variable(tf.zeros([7]));
      return Array.from({ length: 20 }, () => {
        optimizer.minimize(() => tf.sum(tf.square(tf.sub(w, target))) as tf.Scalar, false, [w]);
        return [...w.dataSync()];
      }).flat();
    });
    close(paths[1]!, paths[0]!);
  });

  it('trains a model as tf.train.adam does, and leaks no tensor', async () => {
    const x = tf.tensor(Float32Array.from(values(8 * 6)), [8, 6]);
    const losses: number[][] = [];
    for (const optimizer of [tf.train.adam(), fusedAdam()]) {
      const { dense } = layers.layers;
      const kernelInitializer = layers.initializers.glorotUniform({ seed: 3 });
      const model = layers.sequential({
        layers: [
          dense({ units: 3, inputShape: [6], activation: 'tanh', kernelInitializer }),
          dense({ units: 6, kernelInitializer }),
        ],
      });
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const list = [(await model.trainOnBatch(x, x)) as number, (await model.trainOnBatch(x, x)) as number];
      const { numTensors } = tf.memory();
      const held = tf.engine().backend.numDataIds();
      for (let i = 0; i < 50; i++) list.push((await model.trainOnBatch(x, x)) as number);
      assert.deepEqual([tf.memory().numTensors, tf.engine().backend.numDataIds()], [numTensors, held]);
      losses.push(list);
    }
    close(losses[1]!, losses[0]!);
    assert.ok(losses[1]!.at(-1)! < losses[1]![0]!);
  });

  it('invalidates copies of weights that kernels of tfjs cache between steps', async () => {
    const { depthwiseConv2d, flatten, dense } = layers.layers;
    const [x, y] = [tf.tensor(Float32Array.from(values(4 * 36)), [4, 6, 6, 1]), tf.ones([4, 2])];
    const losses: number[][] = [];
    for (const optimizer of [tf.train.adam(0.002), fusedAdam(0.002)]) {
      const weights = layers.initializers.glorotUniform({ seed: 3 });
      const model = layers.sequential({
        layers: [
          // A kernel of tfjs runs this layer and caches a packed copy of its weights.
          depthwiseConv2d({ inputShape: [6, 6, 1], kernelSize: 3, depthMultiplier: 2, depthwiseInitializer: weights }),
          flatten(),
          dense({ units: 2, kernelInitializer: weights }),
        ],
      });
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const list: number[] = [];
      for (let i = 0; i < 5; i++) list.push((await model.trainOnBatch(x, y)) as number);
      losses.push(list);
    }
    close(losses[1]!, losses[0]!);
  });

  it('does not change a tensor that shares memory with a variable', () => {
    const first = tf.ones([3]);
    const w = tf.variable(first);
    const optimizer = fusedAdam(0.1);
    const step = (): void => void optimizer.minimize(() => tf.sum(w) as tf.Scalar, false, [w]);
    step();
    const kept = tf.clone(w);
    const before = [...kept.dataSync()];
    step();
    assert.deepEqual([...first.dataSync()], [1, 1, 1]);
    assert.deepEqual([...kept.dataSync()], before);
    close(w.dataSync(), [0.8, 0.8, 0.8]);
  });

  it('resumes from its weights, which have the names of Adam', async () => {
    const train = async (resume: boolean): Promise<ArrayLike<number>> => {
      const w = tf.variable(tf.tensor([1, -2, 3]), true, resume ? 'resumed' : 'whole');
      let optimizer = fusedAdam(0.1);
      for (let i = 0; i < 6; i++) {
        if (resume && i === 3) {
          const saved = await optimizer.getWeights();
          assert.deepEqual(
            saved.map(({ name }) => name),
            ['iter', 'resumed/m', 'resumed/v'],
          );
          const kept = saved.map(({ name, tensor }) => ({ name, tensor: tf.clone(tensor) }));
          optimizer.dispose();
          optimizer = fusedAdam(0.1);
          await optimizer.setWeights(kept);
        }
        optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar, false, [w]);
      }
      return w.dataSync();
    };
    assert.deepEqual(await train(true), await train(false));
    assert.deepEqual(fusedAdam(0.1).getConfig(), { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
    assert.equal(fusedAdam().getClassName(), 'Adam');
  });

  it('is saved with a model under the name Adam, and restored from its configuration', async () => {
    const model = layers.sequential({ layers: [layers.layers.dense({ units: 2, inputShape: [3] })] });
    const optimizer = fusedAdam(0.02, { beta1: 0.7 });
    model.compile({ optimizer, loss: 'meanSquaredError' });
    await model.trainOnBatch(tf.ones([4, 3]), tf.ones([4, 2]));
    let saved: tf.io.ModelArtifacts | undefined;
    const keep = tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    await model.save(keep, { includeOptimizer: true });
    const loaded = await layers.loadLayersModel(tf.io.fromMemory(saved!));
    const theirs = loaded.optimizer as tf.AdamOptimizer;
    assert.ok(theirs instanceof tf.AdamOptimizer);
    const config = theirs.getConfig();
    for (const [name, value] of Object.entries(optimizer.getConfig() as Record<string, number>))
      assert.ok(Math.abs((config[name] as number) - value) < 1e-6, name);
    const [a, b] = [await optimizer.getWeights(), await theirs.getWeights()];
    assert.equal(a.length, 5);
    for (let i = 0; i < a.length; i++) assert.deepEqual(b[i]!.tensor.dataSync(), a[i]!.tensor.dataSync());
    const own = optimizer.constructor as unknown as tf.serialization.SerializableConstructor<tf.Optimizer>;
    const again = own.fromConfig!(own, optimizer.getConfig());
    assert.deepEqual([again.constructor, again.getConfig()], [own, optimizer.getConfig()]);
  });

  it('refuses gradients of a wrong type, shape or name, and changes nothing', async () => {
    const [w, n] = [tf.variable(tf.ones([2]), true, 'w'), tf.variable(tf.ones([2], 'int32'), true, 'n')];
    const optimizer = fusedAdam(0.1);
    for (const [name, tensor, message] of [
      ['n', tf.ones([2]), '"n" expected a float32 variable and gradient, got "int32, float32"'],
      ['w', tf.ones([2], 'int32'), '"w" expected a float32 variable and gradient, got "float32, int32"'],
      ['w', tf.ones([3]), '"w" expected a gradient of shape [2], got [3]'],
      ['x', tf.ones([2]), '"gradients" expected gradients by names of variables, got "x"'],
    ] as const) {
      const gradients = [
        { name: 'w', tensor: tf.ones([2]) },
        { name, tensor },
      ];
      assert.throws(() => optimizer.applyGradients(gradients), { name: 'RangeError', message });
      assert.deepEqual([...w.dataSync(), ...n.dataSync()], [1, 1, 1, 1]);
      assert.equal((await optimizer.getWeights()).length, 1);
    }
    w.dispose();
    n.dispose();
  });

  it('refuses wrong options by name', () => {
    assert.throws(() => fusedAdam(0), {
      name: 'RangeError',
      message: '"learningRate" expected a number above 0, got 0',
    });
    assert.throws(() => fusedAdam(0.1, { beta1: 1 }), { name: 'RangeError', message: /"beta1"/ });
    assert.throws(() => fusedAdam(0.1, { beta: 1 } as object), { name: 'TypeError', message: /"options"/ });
  });
});
