// Activations that tfjs fuses into products and convolutions.

import { activations } from '../../activations.ts';
import type { Host } from '../host.ts';

/** Those whose kernel of ours is the same function: not relu6, not prelu, not leakyrelu, whose slope may be any. */
const known: Readonly<Record<string, number>> = {
  linear: activations.linear,
  relu: activations.relu,
  sigmoid: activations.sigmoid,
  elu: activations.elu,
};

export const fusable = (activation: string): boolean => Object.hasOwn(known, activation);

/** y = f(y). */
export function activateInPlace(host: Host, y: number, n: number, activation: string): void {
  const kind = known[activation]!;
  if (kind !== activations.linear) host.kernels.activate(y, y, 1, n, kind);
}
