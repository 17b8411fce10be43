// Names of activations in isthmus and in TensorFlow.js.

import { wrongValue } from '../../core/errors.ts';
import { type Activation, activationCodes } from '../../layers/activations.ts';

/** The slope of `leakyRelu` below zero. In tfjs leakyRelu is a layer only, whose default slope is 0.3. */
export const LEAKY_SLOPE = 0.2;

/** The name of an activation in tfjs; undefined for `leakyRelu`, which is a layer there. */
export const tfActivation = (activation: Activation = 'linear'): string | undefined =>
  activation === 'leakyRelu' ? undefined : activation;

/** The activation of a configuration of tfjs or Keras. Errors: RangeError that names the layer `layerName`. */
export function activationFrom(name: string, layerName: string): Activation {
  if (name !== 'leakyRelu' && Object.hasOwn(activationCodes, name)) return name as Activation;
  throw wrongValue(`${layerName}.activation`, `one of ${Object.keys(activationCodes).join(', ')}`, name);
}
