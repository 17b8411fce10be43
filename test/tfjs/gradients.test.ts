// Compares the kernels that installKernels registers, other than convolution and pooling, with their definitions in float64, and
// gradients with central differences.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { installKernels } from 'isthmus/tfjs';
import { differences } from '../reference/check.ts';
import { matmul, transpose } from '../reference/matrix.ts';
import { dot, kernel, nearly, read, start, tensor, values } from './start.ts';

const size = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

const selu = (v: number): number => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v));
const activations = {
  tanh: [tf.tanh, Math.tanh],
  selu: [tf.selu, selu],
  softplus: [tf.softplus, (v: number) => Math.log1p(Math.exp(v))],
} as const;

for (const deterministic of [false, true]) {
  describe(`kernels and gradients on the WASM backend, ${deterministic ? 'strict' : 'relaxed'}`, () => {
    before(async () => {
      await start();
      await installKernels(tf, { deterministic });
    });

    for (const [m, n, k] of [
      [1, 1, 1],
      [3, 5, 7],
      [32, 64, 33],
      [7, 9, 130],
      [6, 8, 513],
    ] as const) {
      // biome-ignore format: sizes
      it(`products ${m}×${k} by ${k}×${n}: plain, transposed, fused and batched`, () => {
        const [a, b, g, bias] = [values(m * k), values(k * n, 3), values(m * n, 5), values(n, 7)];
        const c = matmul(a, b, m, n, k);
        const activated = c.map((y, i) => 1 / (1 + Math.exp(-(y + bias[i % n]!))));
        tf.tidy(() => {
          const [ta, tb] = [tensor(a, [m, k]), tensor(b, [k, n])];
          const [at, bt] = [tensor(transpose(a, m, k), [k, m]), tensor(transpose(b, k, n), [n, k])];
          for (const [x, y, transposeA, transposeB] of [
            [ta, tb, false, false],
            [at, tb, true, false],
            [ta, bt, false, true],
            [at, bt, true, true],
          ] as const) {
            nearly(read(tf.matMul(x, y, transposeA, transposeB)), c, `${transposeA}, ${transposeB}`);
            const options = { a: x as tf.Tensor2D, b: y as tf.Tensor2D, transposeA, transposeB };
            const fused = tf.fused.matMul({ ...options, bias: tensor(bias, [n]), activation: 'sigmoid' });
            nearly(read(fused), activated, `fused ${transposeA}, ${transposeB}`);
          }
          const [da, db] = tf.grads((x, y) => tf.matMul(x!, y!))([ta, tb], tensor(g, [m, n]));
          // The product is bilinear, so its gradients are products.
          nearly(read(da!), matmul(g, transpose(b, k, n), m, k, n), 'da');
          nearly(read(db!), matmul(transpose(a, m, k), g, k, n, m), 'db');
          const two = tf.stack([ta, tf.mul(ta, 2)]);
          nearly(read(tf.matMul(two, tb)), [...c, ...c.map((y) => 2 * y)], 'one b for a batch of two');
        });
      });
    }

    for (const [shape, axis] of [
      [
        [2, 3, 5, 7],
        [0, 1, 2],
      ],
      [[9, 33], 0],
      [[4, 1], [0]],
      [
        [2, 3, 5],
        [-3, 1],
      ],
      [[3, 4], 1],
      [
        [3, 4],
        [0, 1],
      ],
    ] as const) {
      // biome-ignore format: pairs
      it(`sums of [${shape}] over axes ${axis}`, () => {
        const x = values(size(shape));
        const axes = [axis].flat().map((one) => (one + shape.length) % shape.length);
        const reducedShape = shape.map((size, i): number => (axes.includes(i) ? 1 : size));
        const y = new Float64Array(size(reducedShape));
        const outputIndex = (i: number): number => {
          let [at, rest, step, out] = [shape.length - 1, i, 1, 0];
          for (; at >= 0; at--) {
            if (reducedShape[at] !== 1) out += (rest % shape[at]!) * step;
            rest = Math.floor(rest / shape[at]!);
            step *= reducedShape[at]!;
          }
          return out;
        };
        for (let i = 0; i < x.length; i++) y[outputIndex(i)]! += x[i]!;
        tf.tidy(() => {
          const t = tensor(x, [...shape]);
          for (const keep of [false, true]) {
            const s = tf.sum(t, typeof axis === 'number' ? axis : [...axis], keep);
            nearly(read(s), y, 'sum');
            assert.deepEqual(s.shape, keep ? reducedShape : shape.filter((_, i) => !axes.includes(i)));
          }
        });
      });
    }

    it('products of integers are exact', () => {
      const [a, b] = [
        [7, -3, 40000, 2, 0, 5],
        [1, 2, -40000, 60000, 3, -9, 1, 1, 8, 6, 5, 4],
      ];
      const expected = (r: number, c: number): number =>
        [0, 1, 2].reduce((sum, k) => (sum + Math.imul(a[r * 3 + k]!, b[k * 4 + c]!)) | 0, 0);
      const all = [0, 1].flatMap((r) => [0, 1, 2, 3].map((c) => expected(r, c)));
      tf.tidy(() => {
        const [ta, tb] = [tf.tensor2d(a, [2, 3], 'int32'), tf.tensor2d(b, [3, 4], 'int32')];
        for (const [x, y, transposeA, transposeB] of [
          [ta, tb, false, false],
          [tf.transpose(ta), tb, true, false],
          [ta, tf.transpose(tb), false, true],
          [tf.transpose(ta), tf.transpose(tb), true, true],
        ] as const) {
          const c = tf.matMul(x, y, transposeA, transposeB);
          assert.deepEqual([c.dtype, [...c.dataSync()]], ['int32', all]);
        }
        const two = tf.matMul(tf.stack([ta, ta]), tb);
        assert.deepEqual(
          [two.shape, [...two.dataSync()]],
          [
            [2, 2, 4],
            [...all, ...all],
          ],
        );
      });
    });

    for (const [name, [op, f]] of Object.entries(activations))
      it(`gradients of ${name}`, () => {
        const x = values(37).map((v) => 3 * v);
        const loss = (): number => x.reduce((sum, v, i) => sum + (i + 1) * f(v), 0);
        tf.tidy(() => {
          const t = tensor(x, [37]);
          nearly(read(op(t)), x.map(f), name);
          const g = tf.tensor1d(Float32Array.from(x, (_, i) => i + 1));
          nearly(read(tf.grad((y) => op(y))(t, g)), differences(loss, x), 'dx');
        });
      });

    it('copies share memory with the original, and keep their values when it is disposed', () => {
      const { numTensors } = tf.memory();
      const x = tf.variable(tf.tensor([1, 2, 3]));
      const [copy, cast, ints] = [tf.clone(x), tf.cast(x, 'float32'), tf.cast(x, 'int32')];
      x.assign(tf.tidy(() => tf.mul(x, 2)));
      x.dispose();
      for (const t of [copy, cast, ints]) assert.deepEqual([...t.dataSync()], [1, 2, 3]);
      assert.equal(ints.dtype, 'int32');
      tf.dispose([copy, cast, ints]);
      assert.ok(tf.memory().numTensors <= numTensors + 2);
    });

    it('the gradient of gather', () => {
      const [x, g] = [values(7 * 3), values(5 * 3, 5)];
      const at = [6, 2, 2, 0, 6];
      const loss = (): number =>
        dot(
          at.flatMap((row) => [...x.subarray(row * 3, row * 3 + 3)]),
          g,
        );
      tf.tidy(() => {
        const gather = (t: tf.Tensor): tf.Tensor => tf.gather(t, tf.tensor1d(at, 'int32'));
        nearly(read(tf.grad(gather)(tensor(x, [7, 3]), tensor(g, [5, 3]))), differences(loss, x), 'dx');
      });
    });
  });
}

it('a bias of another shape than [channels] is broadcast', async () => {
  await start();
  await installKernels(tf);
  tf.tidy(() => {
    const [a, b] = [tf.ones([2, 3]), tf.ones([3, 2])] as [tf.Tensor2D, tf.Tensor2D];
    const bias = tf.tensor2d([1, -4, 0, 2], [2, 2]);
    assert.deepEqual([...tf.fused.matMul({ a, b, bias, activation: 'relu' }).dataSync()], [4, 0, 3, 5]);
    const [x, filter] = [tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 2])] as [tf.Tensor4D, tf.Tensor4D];
    const conv = tf.fused.conv2d({ x, filter, strides: 1, pad: 0, bias: tf.scalar(5) as tf.Tensor });
    assert.deepEqual([...conv.dataSync()], [6, 6, 6, 6, 6, 6, 6, 6]);
    const held = tf.engine().backend.numDataIds();
    assert.throws(() => tf.fused.matMul({ a, b, bias: tf.ones([5, 2, 2]) }));
    assert.equal(tf.engine().backend.numDataIds(), held + 1);
    assert.throws(() => kernel('BatchMatMul', { a: tf.ones([3]), b: tf.ones([3]) }, {}));
  });
});
