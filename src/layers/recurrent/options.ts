import type { Initializer } from '../../engine/layer-definition.ts';
import type { KernelOptions } from '../kernel-layer.ts';

/** Options of `gru`. */
export interface GruOptions extends Omit<KernelOptions, 'activation'> {
  /** Size of the state, 1..16777216. */
  readonly units: number;
  /** The output has the states of all time steps instead of the last one. Default false. */
  readonly returnSequences?: boolean;
  /** Reads the sequence from its end. The output has the states in the order of their computation. Default false. */
  readonly goBackwards?: boolean;
  /**
   * Whether the reset gate is applied after the product of the state and the recurrent kernel, as in cuDNN and PyTorch,
   * or before it, as in TensorFlow.js. Default true.
   */
  readonly resetAfter?: boolean;
  /** Activation of the candidate. Only `tanh`, the default. */
  readonly activation?: 'tanh';
  /** Activation of the gates. Only `sigmoid`, the default. */
  readonly recurrentActivation?: 'sigmoid';
  /**
   * Default `orthogonal` (Saxe et al., 2013), whose time grows with units³: 0.1 s for 256 units, 1 s for 512. The others take
   * no time worth mentioning.
   */
  readonly recurrentInitializer?: 'orthogonal' | Exclude<Initializer, 'zeros' | 'ones'>;
}
