// Shapes of samples.

import { wrongValue } from './errors.ts';

/** The shape of one sample, channels last, without the batch. */
export type Shape = readonly number[];

/** Maximum number of axes. Each layer has a shape, so memory grows with the product of axes and layers. */
export const MAX_AXES = 32;

/** Number of values of a sample. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);

/** Length of the last axis: the channels. */
export const lastAxis = (shape: Shape): number => shape.at(-1)!;

/** `[28, 28, 1]`. */
export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Errors: RangeError, by the name of the layer, for a shape without axes. */
export function checkAxes(shape: Shape, name: string): void {
  if (shape.length === 0) throw wrongValue(name, 'an input with at least one axis', shape);
}
