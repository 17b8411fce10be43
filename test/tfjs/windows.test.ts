// Compares every convolution and pooling kernel that installKernels registers with central differences of its definition in
// float64.
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { installKernels } from 'isthmus/tfjs';
import { differences } from '../reference/check.ts';
import { convolve, convolveDepthwise, largest, places, type Side, side } from '../reference/windows.ts';
import { dot, kernel, nearly, read, start, tensor, values } from './start.ts';

type Padding = 'same' | 'valid' | [number, number][];
/** Paddings by name, in the form that the kernels take. */
const paddings: [string, Padding][] = [
  ['same', 'same'],
  ['valid', 'valid'],
  ['explicit', [[0, 0], [2, 1], [0, 3], [0, 0]]],
]; // biome-ignore format: pairs
const paddingOf = (padding: Padding, axis: number): 'same' | 'valid' | [number, number] =>
  typeof padding === 'string' ? padding : padding[axis]!;

/** Converts tensors between channels last and channels first; `toFirst` reorders attributes of axes. */
const turn = (t: tf.Tensor): tf.Tensor => tf.transpose(t, [0, 3, 1, 2]);
const back = (t: tf.Tensor): tf.Tensor => tf.transpose(t, [0, 2, 3, 1]);
const toFirst = <T>(list: T): T => (Array.isArray(list) ? ([0, 3, 1, 2].map((axis) => list[axis]) as T) : list);

for (const deterministic of [false, true]) {
  describe(`window kernels on the WASM backend, ${deterministic ? 'strict' : 'relaxed'}`, () => {
    before(async () => {
      await start();
      await installKernels(tf, { deterministic });
    });

    for (const stride of [1, 2, 3])
      for (const dilation of [1, 2])
        for (const [name, padding] of paddings) {
          const of = `stride ${stride}, dilation ${dilation}, ${name}`;
          const [v, h]: [Side, Side] = [
            side(9, 3, stride, dilation, paddingOf(padding, 1)),
            side(7, 2, stride, dilation, paddingOf(padding, 2)),
          ];
          const attrs = { strides: stride, dilations: dilation, pad: padding, dataFormat: 'NHWC' };
          const rounding = typeof padding === 'string' ? {} : { dimRoundingMode: 'floor' };

          for (const [c, n] of [
            [2, 3],
            [3, 9],
            [5, 1],
          ] as const) {
            // biome-ignore format: pairs
            it(`convolution from ${c} to ${n} channels: ${of}`, () => {
              const [x, w] = [values(2 * 63 * c), values(6 * c * n, 3)];
              const shape = [2, places(v), places(h), n];
              const g = values(shape.reduce((a, b) => a * b), 5);
              const loss = (): number => dot(convolve(x, w, 2, v, h, c, n), g);
              const [xs, ws] = [[2, 9, 7, c], [3, 2, c, n]];
              const all = { ...attrs, ...rounding, inputShape: xs, filterShape: ws };
              tf.tidy(() => {
                const [tx, tw, dy] = [tensor(x, xs), tensor(w, ws), tensor(g, shape)];
                nearly(read(kernel('Conv2D', { x: tx, filter: tw }, all)), convolve(x, w, 2, v, h, c, n), 'y');
                const fused = kernel('FusedConv2D', { x: tx, filter: tw }, { ...all, activation: 'relu' });
                nearly(read(fused), convolve(x, w, 2, v, h, c, n).map((y) => Math.max(y, 0)), 'relu');
                nearly(read(kernel('Conv2DBackpropFilter', { x: tx, dy }, all)), differences(loss, w), 'dw');
                nearly(read(kernel('Conv2DBackpropInput', { dy, filter: tw }, all)), differences(loss, x), 'dx');
                const first = { ...all, dataFormat: 'NCHW', inputShape: toFirst(xs), pad: toFirst(padding) };
                const [ux, ug] = [turn(tx), turn(dy)];
                const y = back(kernel('Conv2D', { x: ux, filter: tw }, first));
                nearly(read(y), convolve(x, w, 2, v, h, c, n), 'y, channels first');
                const dw = kernel('Conv2DBackpropFilter', { x: ux, dy: ug }, first);
                nearly(read(dw), differences(loss, w), 'dw, channels first');
                const dx = back(kernel('Conv2DBackpropInput', { dy: ug, filter: tw }, first));
                nearly(read(dx), differences(loss, x), 'dx, channels first');
              });
            });
          }

          for (const [c, multiplier] of [
            [5, 1],
            [3, 2],
          ] as const) {
            // biome-ignore format: pairs
            it(`depthwise convolution of ${c} channels, multiplier ${multiplier}: ${of}`, () => {
              const [x, w] = [values(2 * 63 * c), values(6 * c * multiplier, 3)];
              const shape = [2, places(v), places(h), c * multiplier];
              const g = values(shape.reduce((a, b) => a * b), 5);
              const loss = (): number => dot(convolveDepthwise(x, w, 2, v, h, c, multiplier), g);
              const [xs, ws] = [[2, 9, 7, c], [3, 2, c, multiplier]];
              const all = { ...attrs, ...rounding, inputShape: xs, filterShape: ws };
              tf.tidy(() => {
                const [tx, tw, dy] = [tensor(x, xs), tensor(w, ws), tensor(g, shape)];
                const dw = kernel('DepthwiseConv2dNativeBackpropFilter', { x: tx, dy }, all);
                nearly(read(dw), differences(loss, w), 'dw');
                const dx = kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter: tw }, all);
                nearly(read(dx), differences(loss, x), 'dx');
              });
            });
          }
        }

    for (const stride of [1, 2, 3])
      for (const [name, pad] of [
        ['same', 'same'],
        ['valid', 'valid'],
        ['explicit', 1],
      ] as const) {
        // biome-ignore format: pairs
        it(`max pooling over images and volumes: stride ${stride}, ${name}`, () => {
          const sideOf = (size: number, k: number) =>
            side(size, k, stride, 1, typeof pad === 'string' ? pad : [pad, pad]);
          const [d, v, h, flat] = [sideOf(5, 2), sideOf(7, 3), sideOf(5, 3), side(1, 1, 1, 1, 'valid')];
          const rounding = typeof pad === 'string' ? {} : { dimRoundingMode: 'floor' };
          const check = (depth: Side, shape: number[], out: number[], name: string, attrs: object): void => {
            // All values are negative, because the kernels of tfjs lose the gradient of such values.
            const x = values(2 * depth.size * 35 * 3).map((value) => value - 2);
            const g = values(2 * places(depth) * places(v) * places(h) * 3, 5);
            const y = largest(x, 2, depth, v, h, 3);
            const loss = (): number => dot(largest(x, 2, depth, v, h, 3), g);
            tf.tidy(() => {
              const [input, output, dy] = [tensor(x, shape), tensor(y, out), tensor(g, out)];
              const all = { ...attrs, pad, ...rounding, dataFormat: depth === flat ? 'NHWC' : 'NDHWC' };
              if (depth !== flat) nearly(read(kernel(name, { x: input }, all)), y, name);
              nearly(read(kernel(`${name}Grad`, { dy, input, output }, all)), differences(loss, x), `${name}Grad`);
            });
          };
          check(flat, [2, 7, 5, 3], [2, places(v), places(h), 3], 'MaxPool', { filterSize: [3, 3], strides: stride });
          const strides = [stride, stride, stride];
          const out = [2, places(d), places(v), places(h), 3];
          check(d, [2, 5, 7, 5, 3], out, 'MaxPool3D', { filterSize: [2, 3, 3], strides });
        });
      }

    it('gradients of dilated convolution, which tfjs refuses without our kernels', () => {
      const [v, h] = [side(9, 3, 1, 2, 'same'), side(7, 3, 1, 2, 'same')];
      const [x, w, g] = [values(2 * 63 * 2), values(9 * 2 * 3, 3), values(2 * 63 * 3, 5)];
      const loss = (): number => dot(convolve(x, w, 2, v, h, 2, 3), g);
      tf.tidy(() => {
        const conv = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
          tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same', 'NHWC', 2);
        const inputs = [tensor(x, [2, 9, 7, 2]), tensor(w, [3, 3, 2, 3])];
        const [dx, dw] = tf.grads((a, b) => conv(a!, b!))(inputs, tensor(g, [2, 9, 7, 3]));
        nearly(read(dx!), differences(loss, x), 'dx');
        nearly(read(dw!), differences(loss, w), 'dw');
      });
    });
  });
}
