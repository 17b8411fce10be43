// Activations by themselves, as layers that do not fuse them call them. tfjs's own Relu, Sigmoid, Elu and
// Softmax are as fast or faster.

import { type Activation, activationCodes } from '../../layers/activations.ts';
import { addresses, defineKernel, makeOutput, notFloats, sizeOf, type TfjsKernel } from './kernel.ts';

const activation = (name: string, kind: Activation): TfjsKernel =>
  defineKernel<'x'>({
    name,
    run(call) {
      const { host, inputs } = call;
      const { x } = inputs;
      const bad = notFloats(inputs, ['x']);
      if (bad) return bad;
      const y = makeOutput(call, x.shape);
      const [to, from] = addresses(host, y, x) as [number, number];
      host.kernels.activate(to, from, 1, sizeOf(x.shape), activationCodes[kind]);
      return y;
    },
  });

export const tanh = /* @__PURE__ */ activation('Tanh', 'tanh');
export const selu = /* @__PURE__ */ activation('Selu', 'selu');
export const softplus = /* @__PURE__ */ activation('Softplus', 'softplus');
