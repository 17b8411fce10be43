// The slots of fusedAdam: each variable has a pair of its own, whatever the list of gradients looks like.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { fusedAdam, installKernels } from 'isthmus/tfjs';
import { start, values } from './start.ts';

const floats = (n: number, k = 1): Float32Array => Float32Array.from(values(n, k));
type Named = Awaited<ReturnType<tf.Optimizer['getWeights']>>;

/** Adam in float64, with slots by name and one count of steps for all, as in Keras. */
class Twin {
  readonly values = new Map<string, Float64Array>();
  readonly #slots = new Map<string, [Float64Array, Float64Array]>();
  #t = 0;

  step(gradients: Readonly<Record<string, ArrayLike<number>>>, rate: number): void {
    this.#t++;
    const scaled = (rate * Math.sqrt(1 - 0.999 ** this.#t)) / (1 - 0.9 ** this.#t);
    const epsilon = 1e-7 * Math.sqrt(1 - 0.999 ** this.#t);
    for (const [name, g] of Object.entries(gradients)) {
      const w = this.values.get(name)!;
      const [m, v] = this.#slots.get(name) ?? [new Float64Array(w.length), new Float64Array(w.length)];
      this.#slots.set(name, [m, v]);
      for (let i = 0; i < w.length; i++) {
        m[i]! += 0.1 * (g[i]! - m[i]!);
        v[i]! += 0.001 * (g[i]! ** 2 - v[i]!);
        w[i]! -= (scaled * m[i]!) / (Math.sqrt(v[i]!) + epsilon);
      }
    }
  }
}

/** Variables of these sizes, the optimizer and its twin, and a step over those that are named, in that order. */
function bench(sizes: Readonly<Record<string, number>>, rate = 0.05) {
  const optimizer = fusedAdam(rate);
  const twin = new Twin();
  const variables = new Map<string, tf.Variable>();
  let steps = 0;
  const add = (name: string, size: number): void => {
    const first = floats(size, size);
    twin.values.set(name, Float64Array.from(first));
    const value = tf.tensor1d(first);
    variables.set(name, tf.variable(value, true, name));
    value.dispose();
  };
  for (const [name, size] of Object.entries(sizes)) add(name, size);
  return {
    optimizer,
    variables,
    add,
    step(...names: string[]): void {
      steps++;
      const gradients = names.map((name, i) => floats(twin.values.get(name)!.length, 3 * steps + i));
      const list = names.map((name, i) => ({ name, tensor: tf.tensor1d(gradients[i]!) as tf.Tensor }));
      optimizer.applyGradients(list);
      tf.dispose(list.map(({ tensor }) => tensor));
      twin.step(Object.fromEntries(names.map((name, i) => [name, gradients[i]!])), rate);
    },
    check(): void {
      for (const [name, expected] of twin.values) {
        const actual = variables.get(name)!.dataSync();
        for (let i = 0; i < expected.length; i++)
          assert.ok(Math.abs(actual[i]! - expected[i]!) < 2e-6, `${name}[${i}]: ${actual[i]}, not ${expected[i]}`);
      }
    },
    end(): void {
      optimizer.dispose();
      tf.dispose([...variables.values()]);
    },
  };
}

describe('slots of fusedAdam', () => {
  before(async () => {
    await start();
    await installKernels(tf);
  });

  it('leave 300 other tensors alone when a frozen base is trained after its head', async () => {
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

  it('follow their variables: later ones, missing ones, another order', () => {
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

  it('follow them by the object form of gradients, and leave out those that are null', () => {
    const b = bench({ a: 3, b: 4 });
    b.step('a', 'b');
    const zeros = tf.zeros([4]);
    const before = [...b.variables.get('a')!.dataSync()];
    b.optimizer.applyGradients({ b: zeros, a: null as unknown as tf.Tensor });
    assert.deepEqual([...b.variables.get('a')!.dataSync()], before);
    zeros.dispose();
    b.end();
  });

  it('begin anew where a variable is disposed and made again, of whatever size', async () => {
    const b = bench({ a: 64, b: 9 });
    for (let i = 0; i < 3; i++) b.step('a', 'b');
    b.variables.get('a')!.dispose();
    const held = tf.memory().numTensors;
    b.step('b');
    assert.equal(tf.memory().numTensors, held - 2, 'the slots of a variable that is gone are given back');
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

  it('are made again where somebody has disposed of all variables', () => {
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

  it('are apart for two models that share the optimizer', () => {
    const b = bench({ 'one/w': 64, 'one/b': 1, 'two/w': 3, 'two/b': 5 });
    for (let i = 0; i < 3; i++) {
      b.step('one/w', 'one/b');
      b.step('two/w', 'two/b');
    }
    b.check();
    b.end();
  });

  it('are updated once for a variable that is listed twice, and not at all for two gradients of it', () => {
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

  it('come back from getWeights, whatever the order and the names, as they are', async () => {
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

  it('come back for some of the variables, and later for the others', async () => {
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

  it('come back from a model that tf.train.adam trained and tfjs saved', async () => {
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
    // The variables of the loaded model have other names: those of the first are taken.
    const loaded = await layers.loadLayersModel(tf.io.fromMemory(saved!));
    const optimizer = fusedAdam(0.02);
    await optimizer.setWeights(await loaded.optimizer.getWeights());
    loaded.compile({ optimizer, loss: 'meanSquaredError' });
    for (let i = 0; i < 3; i++) {
      const [a, b] = [await model.trainOnBatch(x, y), await loaded.trainOnBatch(x, y)] as [number, number];
      assert.ok(Math.abs(a - b) < 1e-5 * a, `${a} ${b}`);
    }
  });

  it('refuse weights that are no slots, or those of other variables', async () => {
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
      assert.equal((await b.optimizer.getWeights()).length, 3, 'what was there is there');
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

  it('and gradients that were disposed are named before anything changes', () => {
    const b = bench({ a: 3, b: 2 });
    const [g, gone] = [tf.ones([3]), tf.ones([2])];
    gone.dispose();
    const before = [...b.variables.get('a')!.dataSync()];
    const list = [
      { name: 'a', tensor: g as tf.Tensor },
      { name: 'b', tensor: gone as tf.Tensor },
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
