// Checks that the convolutional networks of isthmus and of jax-js learn the same: one step of gradient descent from the same weights.

import { numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { fit, sgd } from 'isthmus';
import { convNet, pixels } from '../workloads.ts';
import { convLoss, convParameters, kernelValues } from './jax-conv.ts';
import { conv } from './our-conv.ts';

const ROWS = 2;
const LEARNING_RATE = 1;

/** A kernel [n][c][3][3] of jax-js in our layout: [3][3][c][n], and turned by half a turn as [3][3][n][c] if `transposed`. */
function ourKernel(values: ArrayLike<number>, n: number, c: number, transposed: boolean): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  for (let o = 0; o < n; o++)
    for (let i = 0; i < c; i++)
      for (let tap = 0; tap < 9; tap++)
        out[transposed ? ((8 - tap) * n + o) * c + i : (tap * c + i) * n + o] = values[(o * c + i) * 9 + tap]!;
  return out;
}

/** Changes of weights may differ by this share of the largest change. Both sum in float32, in another order: 1.4e-5 was measured. */
const TOLERANCE = 1e-4;

/** Errors: Error if the changes of the weights differ. */
export async function checkConvAgreement(): Promise<void> {
  const model = await conv();
  const paths = Object.keys(model.weights).filter((path) => path.endsWith('kernel'));
  const channels = convNet.map((_, i) => convNet[i - 1]?.filters ?? 1);
  const toOurs = (values: ArrayLike<number>, i: number) =>
    ourKernel(values, convNet[i]!.filters, channels[i]!, convNet[i]!.transposed);
  const initial = paths.map(
    (path, i) => [path, { ...model.weights[path]!, data: toOurs(kernelValues(i), i) }] as const,
  );
  const biases = Object.entries(model.weights)
    .filter(([path]) => path.endsWith('bias'))
    .map(([path, weight]) => [path, { ...weight, data: new Float32Array(weight.data.length) }] as const);
  model.setWeights(Object.fromEntries([...initial, ...biases]));
  await fit(model, pixels(ROWS), { batchSize: ROWS, optimizer: sgd(LEARNING_RATE), deterministic: true });

  const x = np.array(pixels(ROWS)).reshape([ROWS, 1, 28, 28]);
  const parameters = convParameters();
  const [, gradients] = valueAndGrad(convLoss)(tree.ref(parameters), x);
  let [largestDifference, largestChange] = [0, 0];
  for (const [i, path] of paths.entries()) {
    const theirs = toOurs((await gradients.kernels[i]!.data()) as Float32Array, i);
    const before = initial[i]![1].data;
    model.weights[path]!.data.forEach((value, j) => {
      const change = before[j]! - value;
      largestChange = Math.max(largestChange, Math.abs(change));
      largestDifference = Math.max(largestDifference, Math.abs(change - LEARNING_RATE * theirs[j]!));
    });
  }
  if (!(largestDifference <= TOLERANCE * largestChange)) {
    throw new Error(
      `the step of jax-js changes weights by up to ${largestChange}, and ours by ${largestDifference} more or less`,
    );
  }
}
