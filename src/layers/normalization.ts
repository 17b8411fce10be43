// What batch and layer normalization share: a factor and a shift for each channel.

import { boolean, maybe, positive } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { constant, type Shape, type WeightSpec } from './layer.ts';

export interface NormalizationOptions {
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Learns a shift `beta`. Default true. */
  readonly center?: boolean;
  /** Learns a factor `gamma`. Default true. */
  readonly scale?: boolean;
}

export const channelsOf = (shape: Shape): number => shape[shape.length - 1]!;

export const normalizationChecks = () => ({
  epsilon: maybe(positive),
  center: maybe(boolean),
  scale: maybe(boolean),
});

/** The shape stays. Errors: RangeError where there is no axis. */
export function sameShape(_: unknown, input: Shape, name: string): Shape {
  if (input.length === 0) throw wrongValue(name, 'an input with at least one axis', input);
  return input;
}

export const factors = ({ scale = true, center = true }: NormalizationOptions, input: Shape): WeightSpec[] => [
  ...(scale ? [constant('gamma', channelsOf(input), 'ones')] : []),
  ...(center ? [constant('beta', channelsOf(input), 'zeros')] : []),
];

/** Addresses of gamma and beta, 0 for those there are not; and of what lies behind them. */
export function parts(addresses: readonly number[], { scale = true, center = true }: NormalizationOptions) {
  const rest = [...addresses];
  const gamma = scale ? rest.shift()! : 0;
  const beta = center ? rest.shift()! : 0;
  return { gamma, beta, rest };
}
