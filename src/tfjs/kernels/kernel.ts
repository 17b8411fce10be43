// The interface of a kernel for TensorFlow.js, and the functions that kernels share.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { show } from '../../core/errors.ts';
import type { Address } from '../../wasm/kernels.ts';
import type { KernelHost } from '../host.ts';
import { addressOf } from '../internal/backend.ts';
import type { Tf } from '../internal/namespace.ts';

export interface KernelCall<Inputs extends string> {
  readonly tf: Tf;
  readonly host: KernelHost;
  readonly inputs: Readonly<Record<Inputs, TensorInfo>>;
  /** Attributes of the operation. */
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has other attributes
  readonly attrs: any;
  /** Tensors that the kernel has made. They are disposed if it throws. */
  readonly allocated: TensorInfo[];
}

/** A kernel by its name in tfjs. */
export interface TfjsKernel<Inputs extends string = string> {
  readonly name: string;
  /** Inputs that must be float32 tensors; `refuse` is called for others. */
  readonly floats?: readonly Inputs[];
  /**
   * Returns the output. Errors: an error of `refuse` for a call that is not supported: then the kernel that was registered before
   * runs, or the error is thrown where no kernel was registered. RangeError for a call that no kernel could run.
   */
  run(call: KernelCall<Inputs>): TensorInfo;
}

export const defineKernel = <Inputs extends string>(kernel: TfjsKernel<Inputs>): TfjsKernel =>
  kernel as unknown as TfjsKernel;

const refusals = new WeakSet<Error>();

/** Whether an error was thrown by `refuse`. */
export const isRefusal = (error: unknown): boolean => refusals.has(error as Error);

/** Throws an error for a call that another kernel may be able to run. */
export function refuse(error: Error): never {
  refusals.add(error);
  throw error;
}

/** The error of a wrong input or attribute: `"dataFormat" expected NHWC, got "NCHW"`. */
export const wrongInput = (name: string, expected: string, got: unknown): Error =>
  new RangeError(`"${name}" expected ${expected}, got ${show(got)}`);

/** Refuses an input or an attribute. */
export const refuseInput = (name: string, expected: string, got: unknown): never =>
  refuse(wrongInput(name, expected, got));

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

export const typeError = (name: string, expected: string, { dtype }: TensorInfo): TypeError =>
  new TypeError(`"${name}" expected ${expected} tensor, got ${dtype}`);

/** Runs a kernel after a check of its inputs. */
export function runChecked(kernel: TfjsKernel, call: KernelCall<string>): TensorInfo {
  for (const name of kernel.floats ?? []) {
    const tensor = call.inputs[name]!;
    if (tensor.dtype !== 'float32') refuse(typeError(name, 'a float32', tensor));
  }
  return kernel.run(call);
}

/** Refuses an input that has another shape. */
export function requireShape(name: string, { shape }: TensorInfo, expected: readonly number[]): void {
  if (shape.join() !== expected.join()) refuseInput(name, `the shape [${expected}]`, shape);
}

/**
 * Kernels do not check sizes, and tfjs checks few sizes of a kernel that is called by its name. Errors: RangeError for a size
 * that is negative or no integer, which no kernel supports.
 */
export function checkSizes(name: string, sizes: readonly number[]): void {
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0)) throw wrongInput(name, 'whole sizes', sizes);
}

/**
 * A tensor for the output. It may have no values: then kernels have nothing to compute. Errors: RangeError for an impossible
 * shape, and for 4 GB and more: the backend would use the lower 32 bits of the size.
 */
export function makeOutput(
  { host, allocated }: KernelCall<never>,
  shape: readonly number[],
  dtype: 'float32' | 'int32' = 'float32',
): TensorInfo {
  checkSizes('shape', shape);
  if (sizeOf(shape) >= 2 ** 30) throw wrongInput('shape', 'less than 4 GB', shape);
  const tensor = host.backend.makeOutput(shape, dtype);
  allocated.push(tensor);
  return tensor;
}

/** The output of another kernel of the backend. Errors: RangeError where the backend does not have it. */
export function runOtherKernel(
  { tf, host, allocated }: KernelCall<never>,
  name: string,
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
  attrs: object = {},
): TensorInfo {
  const kernel = tf.getKernel(name, 'wasm')?.kernelFunc;
  if (!kernel) throw wrongInput('tf', `a WASM backend with the kernel ${name}`, 'none');
  const params = { inputs, attrs, backend: host.backend };
  const result = kernel(params as unknown as Parameters<typeof kernel>[0]) as TensorInfo;
  allocated.push(result);
  return result;
}

/** The addresses of tensors. Valid until a tensor is allocated or disposed. */
export const addresses = (host: KernelHost, ...tensors: TensorInfo[]): Address[] =>
  tensors.map((tensor) => addressOf(host.backend, tensor));

/** Sets all values of a tensor to zero, and returns it. */
export function fillZero(host: KernelHost, tensor: TensorInfo): TensorInfo {
  const n = sizeOf(tensor.shape);
  if (n) host.kernels.clear(addressOf(host.backend, tensor), n);
  return tensor;
}
