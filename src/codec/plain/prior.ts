import type { Model } from '../../model.ts';
import type { ChannelTable } from './tables.ts';

/**
 * Tables that training has left in a model, one for each channel of its code, to be taken instead of those counted on
 * calibration samples; undefined where there are none, or where they are for other steps than `step`.
 */
export const priorOf = (_model: Model, _step: number): readonly ChannelTable[] | undefined => undefined;
