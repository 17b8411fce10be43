// What batch and layer normalization share: options, the shift and the factor that they learn, and where these are.

import { boolean, maybe, positive } from '../core/validate.ts';
import { constant, last, type Shape, type WeightSpec } from '../engine/layer-definition.ts';

export interface NormalizationOptions {
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Learns a shift `beta`. Default true. */
  readonly center?: boolean;
  /** Learns a factor `gamma`. Default true. */
  readonly scale?: boolean;
}

/** Checks of these options. */
export const normalizing = () => ({ epsilon: maybe(positive), center: maybe(boolean), scale: maybe(boolean) });

export const learnt = (o: NormalizationOptions, input: Shape): WeightSpec[] => [
  ...(o.scale === false ? [] : [constant('gamma', last(input), 'ones')]),
  ...(o.center === false ? [] : [constant('beta', last(input), 'zeros')]),
];

/** Addresses of `gamma` and `beta`, 0 for those there are not, and of what lies behind them. */
export function parts(addresses: readonly number[], o: NormalizationOptions): number[] {
  const list = [...addresses];
  return [o.scale === false ? 0 : list.shift()!, o.center === false ? 0 : list.shift()!, ...list];
}
