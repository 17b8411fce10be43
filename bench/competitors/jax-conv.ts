// The training step of the convolutional network in jax-js, for Node and for pages. jax-js has no Adam: the step is plain
// gradient descent, which is less work.

import { blockUntilReady, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { convNet, pixels, type Runner } from '../workloads.ts';

type Tensor = ReturnType<typeof np.array>;
/** By layer a kernel [output channels, input channels, 3, 3] and a bias [output channels, 1, 1]. */
export type ConvParameters = { readonly kernels: Tensor[]; readonly biases: Tensor[] };

const LEARNING_RATE = 0.01;

/** Input channels of each layer. */
const inputChannels = convNet.map((_, i) => convNet[i - 1]?.filters ?? 1);

/** Values of the kernel of a layer in the layout of jax-js. */
export const kernelValues = (layer: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: convNet[layer]!.filters * inputChannels[layer]! * 9 }, (_, i) => Math.sin(i + 1) * 0.2);

export const convParameters = (): ConvParameters => ({
  kernels: convNet.map(({ filters }, i) => np.array(kernelValues(i)).reshape([filters, inputChannels[i]!, 3, 3])),
  biases: convNet.map(({ filters }) => np.zeros([filters, 1, 1])),
});

/** The mean squared error of the reconstruction of batch[rows][1][28][28]. */
export function convLoss({ kernels, biases }: ConvParameters, batch: Tensor): Tensor {
  let y = batch.ref;
  for (const [i, { strides, transposed }] of convNet.entries()) {
    const stride = [strides, strides];
    const z = transposed ? lax.convTranspose(y, kernels[i]!, stride, 'SAME') : lax.conv(y, kernels[i]!, stride, 'SAME');
    const sum = z.add(biases[i]!);
    y = i === convNet.length - 1 ? nn.sigmoid(sum) : nn.relu(sum);
  }
  const difference = y.sub(batch);
  return difference.ref.mul(difference).mean();
}

/** Errors: Error if the loss does not fall within ten steps. */
export async function convStep(rows: number): Promise<Runner> {
  let parameters = convParameters();
  const x = np.array(pixels(rows)).reshape([rows, 1, 28, 28]);
  const step = jit((p: ConvParameters, batch: Tensor) => {
    const [value, gradients] = valueAndGrad(convLoss)(tree.ref(p), batch);
    return [value, tree.map((w: Tensor, g: Tensor) => w.sub(g.mul(LEARNING_RATE)), p, gradients)] as [
      Tensor,
      ConvParameters,
    ];
  });
  const losses: number[] = [];
  return {
    // A step takes more than a second.
    maxRounds: 5,
    async run(times) {
      for (let i = 0; i < times; i++) {
        const [value, next] = step(parameters, x.ref);
        parameters = next;
        losses.push((await value.data())[0] as number);
      }
      await blockUntilReady(parameters);
      if (losses.length > 10 && !(losses.at(-1)! < losses[0]!)) throw new Error(`the loss of jax-js does not fall`);
    },
  };
}
