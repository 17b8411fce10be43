// Activations as operations, for layers that do not fuse them. Relu, Sigmoid, Elu and Softmax of tfjs are as fast or faster.

import { type Activation, activationCodes } from '../../layers/activations.ts';
import { addresses, defineKernel, makeOutput, sizeOf, type TfjsKernel } from './kernel.ts';

const activation = (name: string, type: Activation): TfjsKernel =>
  defineKernel<'x'>({
    name,
    floats: ['x'],
    run(call) {
      const { host, inputs } = call;
      const { x } = inputs;
      const y = makeOutput(call, x.shape);
      const [to, from] = addresses(host, y, x) as [number, number];
      host.kernels.activate(to, from, 1, sizeOf(x.shape), activationCodes[type]);
      return y;
    },
  });

export const tanh = /* @__PURE__ */ activation('Tanh', 'tanh');
export const selu = /* @__PURE__ */ activation('Selu', 'selu');
export const softplus = /* @__PURE__ */ activation('Softplus', 'softplus');
