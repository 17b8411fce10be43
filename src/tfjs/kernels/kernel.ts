// What a kernel for TensorFlow.js is, and what they have in common.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { show } from '../../core/errors.ts';
import type { Address } from '../../wasm/kernels.ts';
import type { KernelHost } from '../host.ts';
import { addressOf, type Tf } from '../internal.ts';

export interface KernelCall<Inputs extends string> {
  readonly tf: Tf;
  readonly host: KernelHost;
  readonly inputs: Readonly<Record<Inputs, TensorInfo>>;
  /** As the operation hands them over. */
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has attributes of its own
  readonly attrs: any;
  /** Tensors made for it, to be disposed of should it fail. */
  readonly made: TensorInfo[];
}

/**
 * A kernel by the name that tfjs calls it. `run` returns the output, or an error that says what of the call it does
 * not take: then the kernel that was there before does it, or the error is thrown where there was none.
 */
export interface TfjsKernel<Inputs extends string = string> {
  readonly name: string;
  run(call: KernelCall<Inputs>): TensorInfo | Error;
}

export const defineKernel = <Inputs extends string>(kernel: TfjsKernel<Inputs>): TfjsKernel =>
  kernel as unknown as TfjsKernel;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);

/** The first tensor that is not of 32-bit floats, as an error. */
export function notFloats(inputs: Readonly<Record<string, TensorInfo>>, names: readonly string[]): Error | undefined {
  const bad = names.find((name) => inputs[name]!.dtype !== 'float32');
  return bad ? new TypeError(`"${bad}" expected a float32 tensor, got ${inputs[bad]!.dtype}`) : undefined;
}

/** What is not taken: `"dataFormat" expected NHWC, got "NCHW"`. */
export const refuseInput = (name: string, expected: string, got: unknown): Error =>
  new RangeError(`"${name}" expected ${expected}, got ${show(got)}`);

/**
 * Kernels trust the sizes they are given, and tfjs checks few of those that a kernel is called with by its name. Errors:
 * RangeError for one that is no whole number, or is below zero: for such a geometry no kernel is right, tfjs's neither.
 */
export function checkSizes(name: string, sizes: readonly number[]): void {
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0)) throw refuseInput(name, 'whole sizes', sizes);
}

/**
 * A tensor for the output. Where it has no values there is nothing to compute. Errors: RangeError for a shape that no
 * tensor has, or of 4 GB and more: the backend would take the lower 32 bits of its size.
 */
export function makeOutput(
  { host, made }: KernelCall<never>,
  shape: readonly number[],
  dtype: 'float32' | 'int32' = 'float32',
): TensorInfo {
  checkSizes('shape', shape);
  if (sizeOf(shape) >= 2 ** 30) throw refuseInput('shape', 'less than 4 GB', shape);
  const tensor = host.backend.makeOutput(shape, dtype);
  made.push(tensor);
  return tensor;
}

/** What a kernel of the backend that is not ours makes of inputs. Errors: RangeError where it is missing. */
export function runOriginal(
  { tf, host, made }: KernelCall<never>,
  name: string,
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
  attrs: object = {},
): TensorInfo {
  const kernel = tf.getKernel(name, 'wasm')?.kernelFunc;
  if (!kernel) throw refuseInput('tf', `a WASM backend with the kernel ${name}`, 'none');
  const given = { inputs, attrs, backend: host.backend };
  const result = kernel(given as unknown as Parameters<typeof kernel>[0]) as TensorInfo;
  made.push(result);
  return result;
}

/** The addresses of tensors, good until something is allocated or disposed. */
export const addresses = (host: KernelHost, ...tensors: TensorInfo[]): Address[] =>
  tensors.map((tensor) => addressOf(host.backend, tensor));

/** Sets all of a tensor to zero. */
export function fillZero(host: KernelHost, tensor: TensorInfo): TensorInfo {
  const n = sizeOf(tensor.shape);
  if (n) host.kernels.clear(addressOf(host.backend, tensor), n);
  return tensor;
}
