import { addresses, defineKernel, makeOutput, refuseInput, sizeOf } from './kernel.ts';

/**
 * Sums over the first axes, such as the gradient of a bias. The kernel of tfjs transposes the tensor first. attrs: axis, keepDims.
 */
export const sum = /* @__PURE__ */ defineKernel<'x'>({
  name: 'Sum',
  floats: ['x'],
  run(call) {
    const { tf, host, inputs, attrs } = call;
    const { x } = inputs;
    const axes = tf.util.parseAxisParam(attrs.axis, x.shape);
    const count = axes.length;
    const areFirst = new Set(axes).size === count && axes.every((axis) => axis < count) && count < x.shape.length;
    if (!areFirst) refuseInput('axis', 'the first axes', attrs.axis);
    const rest = x.shape.slice(count);
    if (sizeOf(x.shape) === 0) refuseInput('x', 'a tensor with values', x.shape);
    const y = makeOutput(call, attrs.keepDims ? [...axes.map(() => 1), ...rest] : rest);
    const [to, from] = addresses(host, y, x) as [number, number];
    const n = sizeOf(rest);
    host.kernels.columnSums(to, from, sizeOf(x.shape) / n, n);
    return y;
  },
});
