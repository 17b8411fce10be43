// The namespace of TensorFlow.js, and the functions of its engine that are not part of its public API. Written for 4.22.

import type * as tfc from '@tensorflow/tfjs-core';
import { wrongType, wrongValue } from '../../core/errors.ts';

/** The namespace of `@tensorflow/tfjs` or `@tensorflow/tfjs-core`, with the exports that are used. */
export type Tf = Pick<
  typeof tfc,
  | 'backend_util'
  | 'engine'
  | 'findBackendFactory'
  | 'getBackend'
  | 'getGradient'
  | 'getKernel'
  | 'Optimizer'
  | 'registerBackend'
  | 'registerGradient'
  | 'registerKernel'
  | 'removeBackend'
  | 'setBackend'
  | 'unregisterGradient'
  | 'unregisterKernel'
  | 'util'
  | 'version_core'
  | 'zerosLike'
>;

/** Supported versions of TensorFlow.js. */
export const VERSIONS = '>=4.22 <5';

/** Exports that only `@tensorflow/tfjs` and `@tensorflow/tfjs-core` have together. */
const requiredExports =
  'engine getBackend getGradient getKernel registerGradient registerKernel unregisterGradient unregisterKernel Optimizer';

/** Errors: TypeError for a value that is not TensorFlow.js, RangeError for another version. */
export function checkTf(tf: unknown): asserts tf is Tf {
  const object = tf as Record<string, unknown>;
  const isTf =
    typeof tf === 'object' &&
    tf !== null &&
    requiredExports.split(' ').every((name) => typeof object[name] === 'function');
  if (!isTf) throw wrongType('tf', 'the namespace of @tensorflow/tfjs or @tensorflow/tfjs-core', tf);
  const version = String(object.version_core);
  const [major, minor] = version.split('.').map(Number);
  if (major !== 4 || !(minor! >= 22)) throw wrongValue('tf', `TensorFlow.js ${VERSIONS}`, version);
}

/** Runs a kernel by its name. */
export const runKernel = (tf: Tf, name: string, inputs: tfc.NamedTensorMap, attrs: tfc.NamedAttrMap): tfc.Tensor =>
  tf.engine().runKernel(name, inputs, attrs);

/** The engine, which all copies of tfjs in a program share. Kernels are registered in it. */
export const sharedEngine = (tf: Tf): object => tf.engine();

/** The tensor of a kernel's output. */
export const tensorOf = (tf: Tf, info: tfc.TensorInfo): tfc.Tensor => tf.engine().makeTensorFromTensorInfo(info);

/** A variable that is not trainable. */
export const fixedVariable = (tf: Tf, value: tfc.Tensor): tfc.Variable =>
  tf.engine().makeVariable(value, false) as tfc.Variable;

/** All variables that are not disposed. */
export const allVariables = (tf: Tf): Set<tfc.Variable> =>
  new Set(Object.values(tf.engine().registeredVariables as Record<string, tfc.Variable>));

/** Errors: RangeError where no variable has that name. */
export function variableNamed(tf: Tf, name: string): tfc.Variable {
  const variable = tf.engine().registeredVariables[name] as tfc.Variable | undefined;
  if (!variable) throw wrongValue('gradients', 'gradients by names of variables', name);
  return variable;
}

/** Whether a gradient that is being computed is not itself an operation of an outer gradient, which needs operations of tfjs. */
export const computesOutermostGradient = (tf: Tf): boolean => tf.engine().state.gradientDepth === 0;

/** The backend of the name `wasm`, if it has been started. `findBackend` would start it. */
export const registeredBackend = (tf: Tf): unknown =>
  (tf.engine() as unknown as { registry?: Record<string, unknown> }).registry?.wasm;
