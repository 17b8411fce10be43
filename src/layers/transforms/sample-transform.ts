// What corruptions and augmentations share. Their random numbers depend on seed, stream, step and the row of a sample in the
// batch alone, so that `mixture` may split a batch without changing the result.

import { wrongValue } from '../../core/errors.ts';
import { PER_SAMPLE_STREAM } from '../../core/random-streams.ts';
import type { Shape } from '../../core/shape.ts';
import { defineLayer, type LayerFactory } from '../../engine/define-layer.ts';
import type { LayerCall } from '../../engine/layer-call.ts';
import type { LayerDefinition, SampleTransform } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { corruptModule } from '../../wasm/modules.ts';

export const NOISE_EXPECTED = 'a noise such as gaussianNoise()';

/** Random number i, 0..3, of one sample of a call, uniform in [0, 1). `row` counts from the first sample of the call. */
export const drawPerSample = (k: Kernels, c: LayerCall, row: number, i: number): number => {
  const { step, stream, seedLow, seedHigh } = c.random;
  return k.uniformAt(4 * (c.firstRow + row) + i, c.scratch, step, stream + PER_SAMPLE_STREAM, seedLow, seedHigh);
};

/** Calls `each` with the address of each sample of a call and a function that draws its random number i, 0..3. */
export function forEachSample(k: Kernels, c: LayerCall, each: (y: number, draw: (i: number) => number) => void): void {
  for (let r = 0; r < c.rows; r++) each(c.y + 4 * r * c.inputSize, (i) => drawPerSample(k, c, r, i));
}

/** Index of the first group of 16 random words of a call. Each sample has separate groups, independent of its index in the batch. */
export const firstGroup = (c: LayerCall): number => c.firstRow * Math.ceil(c.inputSize / 16);

/** Calls `run` with the call changed to `count` of its samples, from `first` on. */
export function runOnRows(c: LayerCall, first: number, count: number, run: () => void): void {
  const { rows, firstRow, x, y } = c;
  c.rows = count;
  c.firstRow += first;
  c.x += 4 * first * c.inputSize;
  c.y += 4 * first * c.inputSize;
  run();
  c.rows = rows;
  c.firstRow = firstRow;
  c.x = x;
  c.y = y;
}

/** Height, width and channels of an image `[h, w, c]`; a signal `[l, c]` is an image of height 1. */
export const imageShape = (shape: Shape): [height: number, width: number, channels: number] =>
  [1, ...shape].slice(-3) as [number, number, number];

/** Errors: RangeError for samples that are neither images nor signals. */
export function checkSpatial(name: string, shape: Shape): void {
  if (shape.length !== 3 && shape.length !== 2)
    throw wrongValue(name, 'samples of [height, width, channels] or [length, channels]', shape);
}

/** The factory of a corruption or an augmentation. */
export const defineSampleTransform = <Options extends object>(
  transform: Omit<SampleTransform<Options>, 'module'>,
): LayerFactory<Options> =>
  defineLayer<Options>({ ...transform, module: corruptModule } as unknown as LayerDefinition<Options>);
