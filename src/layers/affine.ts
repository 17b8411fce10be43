// What batch and layer normalization share: options, the trained factor and shift, and their addresses.

import { lastAxis, type Shape } from '../core/shape.ts';
import { boolean, optional, positive } from '../core/validate.ts';
import { constantWeight, type WeightSpec } from '../engine/layer-definition.ts';
import type { Address } from '../wasm/kernels.ts';

export interface AffineOptions {
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Trains a shift `beta`. Default true. */
  readonly center?: boolean;
  /** Trains a factor `gamma`. Default true. */
  readonly scale?: boolean;
}

/** Checks of these options. */
export const affineOptions = () => ({
  epsilon: optional(positive),
  center: optional(boolean),
  scale: optional(boolean),
});

export const affineWeights = (o: AffineOptions, input: Shape): WeightSpec[] => [
  ...(o.scale === false ? [] : [constantWeight('gamma', lastAxis(input), 'ones')]),
  ...(o.center === false ? [] : [constantWeight('beta', lastAxis(input), 'zeros')]),
];

/** Addresses of `gamma` and `beta`, 0 for a missing one, and of the weights after them. */
export function affineAddresses(addresses: readonly Address[], o: AffineOptions): Address[] {
  const list = [...addresses];
  return [o.scale === false ? 0 : list.shift()!, o.center === false ? 0 : list.shift()!, ...list];
}
