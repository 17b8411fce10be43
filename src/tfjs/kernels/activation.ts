// Activations by themselves, as layers that do not fuse them call them. tfjs's own Relu, Sigmoid, Elu and
// Softmax are as fast or faster.

import { activations } from '../../activations.ts';
import { addresses, defineKernel, notFloats, output, sizeOf, type TfjsKernel } from './kernel.ts';

const activation = (name: string, kind: number): TfjsKernel =>
  defineKernel<'x'>({
    name,
    run(call) {
      const { host, inputs } = call;
      const { x } = inputs;
      const bad = notFloats(inputs, ['x']);
      if (bad) return bad;
      const y = output(call, x.shape);
      const [to, from] = addresses(host, y, x) as [number, number];
      host.kernels.activate(to, from, 1, sizeOf(x.shape), kind);
      return y;
    },
  });

export const tanh = activation('Tanh', activations.tanh);
export const selu = activation('Selu', activations.selu);
export const softplus = activation('Softplus', activations.softplus);
