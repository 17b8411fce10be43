// What corruptions and augmentations share: levels, and what is drawn once for each sample.

import { wrongType, wrongValue } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { type Check, layerOptions, number } from '../../core/validate.ts';
import { defineLayer, type LayerCall, type LayerDefinition, type LayerFactory } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { corruptModule } from '../../wasm/modules.ts';

/** One level, or the two ends of a range: each sample then has a level of its own, drawn uniformly at every step. */
export type Level = number | readonly [low: number, high: number];

/** Checks a level, or both ends of a range; `low` where its lower end may be what a level may not. */
export function checkLevel(name: string, value: unknown, check: Check<number>, low = check): void {
  if (!Array.isArray(value)) {
    check(name, value);
    return;
  }
  if (value.length !== 2) throw wrongType(name, 'a number or two', value);
  low(name, value[0]);
  check(name, value[1]);
  if (value[0] > value[1]) throw wrongValue(name, 'a lower and a higher number', value);
}

export const levelWithin =
  (check: Check<number>): Check =>
  (name, value) =>
    checkLevel(name, value, check);

/** Two numbers that values are held between. */
export type Clip = readonly [low: number, high: number];

export function checkClip(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value) || value.length !== 2) throw wrongType(name, 'two numbers', value);
  for (const end of value) number(name, end, 'two finite numbers', () => true);
  if (!(value[0] < value[1])) throw wrongValue(name, 'a lower and a higher number', value);
}

/** Checks a value to be put in the place of others. */
export function checkFillValue(name: string, value: unknown): void {
  if (value !== undefined) number(name, value, 'a finite number', () => true);
}

/** What a sample draws comes from the stream so much above that of its values. */
const PER_SAMPLE_STREAM = 0x08000000;

/** Number i, 0..3, of those that sample `firstRow` of a call has for itself: uniform in [0, 1). */
export const drawPerSample = (k: Kernels, c: LayerCall, row: number, i: number): number =>
  k.uniformAt(4 * (c.firstRow + row) + i, c.scratch, c.step, c.stream + PER_SAMPLE_STREAM, c.seedLow, c.seedHigh);

export const levelAt = (level: Level, u: number): number =>
  typeof level === 'number' ? level : level[0] + (level[1] - level[0]) * u;

/** Calls `each` with the address of each sample of a call, and with what draws the numbers it has for itself. */
export function forEachSample(k: Kernels, c: LayerCall, each: (y: number, draw: (i: number) => number) => void): void {
  for (let r = 0; r < c.rows; r++) each(c.y + 4 * r * c.inputSize, (i) => drawPerSample(k, c, r, i));
}

/** The group of words that a call begins with: wherever in the batch it begins, it shares none with other samples. */
export const firstGroup = (c: LayerCall): number => c.firstRow * Math.ceil(c.inputSize / 16);

/** Runs something for `count` samples of a call, from number `first` on, as if they were all. */
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

/** Runs a kernel for all samples of a call at one level, or for each at its own. */
export function atLevels<Options>(
  k: Kernels,
  c: LayerCall,
  o: Options,
  level: Level,
  run: (k: Kernels, c: LayerCall, o: Options, level: number) => void,
): void {
  if (typeof level === 'number') run(k, c, o, level);
  else {
    for (let r = 0, { rows } = c; r < rows; r++) {
      runOnRows(c, r, 1, () => run(k, c, o, levelAt(level, drawPerSample(k, c, 0, 0))));
    }
  }
}

/** Height, width and channels of an image `[h, w, c]`; a signal `[l, c]` is an image of one line. */
export const imageShape = (shape: Shape): [height: number, width: number, channels: number] =>
  [1, ...shape].slice(-3) as [number, number, number];

/** A RangeError for samples that have no places beside one another. */
export function checkSpatial(name: string, shape: Shape): void {
  if (shape.length !== 3 && shape.length !== 2)
    throw wrongValue(name, 'samples of [height, width, channels] or [length, channels]', shape);
}

/** The factory of what changes samples and is no layer of a model. */
export const defineSampleTransform = <Options extends object>(
  kind: Omit<LayerDefinition<Options>, 'backward' | 'outputShape'> &
    Partial<Pick<LayerDefinition<Options>, 'outputShape'>>,
): LayerFactory<Options> =>
  defineLayer<Options>({
    outputShape: (_, input) => input,
    ...kind,
    module: corruptModule,
    samplesOnly: true,
    trainingOnly: true,
    backward() {},
  });

/** The factory of a noise of one level, its option `key`: `run` corrupts all samples of a call at the same. */
export const defineNoise = <Options extends object>(
  type: string,
  key: keyof Options & string,
  check: Check<number>,
  others: Record<string, Check>,
  run: (k: Kernels, c: LayerCall, o: Options, level: number) => void,
): LayerFactory<Options> =>
  defineSampleTransform<Options>({
    type,
    corrupts: true,
    check: (o, name) => layerOptions(name, o, { [key]: levelWithin(check), ...others }),
    forward: (k, c, o) => atLevels(k, c, o, o[key] as Level, run),
  });
