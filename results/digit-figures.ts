// Figures and pictures that the recipes on digits share.

import { evaluate, type Model, type Samples } from 'isthmus';
import { firstOfEachClass, imageSheet } from '../tools/digits/image-sheet.ts';
import type { Digits } from '../tools/digits/load.ts';
import type { Picture } from './recipe.ts';

/** Mean squared error of the reconstructions of `x` against the images. */
export const errorOf = (model: Model, x: Samples, images: Uint8Array): number =>
  evaluate(model, x, { targets: images }).meanSquaredError;

/** The first test digit of each class, for pictures. */
export const exampleDigits = ({ test, testLabels }: Digits): Uint8Array => firstOfEachClass(test, testLabels).images;

/** Rows of digits as one picture. */
export const pictureOf = (caption: string, ...rows: readonly (Uint8Array | Float32Array)[]): Picture => ({
  png: imageSheet(rows),
  caption,
});
