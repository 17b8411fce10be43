// Noise levels: one number for all samples, or a range from which each sample draws its own.

import { wrongType, wrongValue } from '../../core/errors.ts';
import { type Check, layerOptions, number } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import type { LayerCall } from '../../engine/layer-call.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { defineSampleTransform, drawPerSample, runOnRows } from './sample-transform.ts';

/** One level for all samples, or a range: each sample draws its level uniformly from the range at every step. */
export type Level = number | readonly [low: number, high: number];

/** Checks a level, or both ends of a range. `low` checks the lower end, which may be 0 where a level may not. */
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

/** The smallest and the largest value after a change: others are clipped. */
export type Clip = readonly [low: number, high: number];

export function checkClip(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value) || value.length !== 2) throw wrongType(name, 'two numbers', value);
  for (const end of value) number(name, end, 'two finite numbers', () => true);
  if (!(value[0] < value[1])) throw wrongValue(name, 'a lower and a higher number', value);
}

/** Checks a value that replaces others. */
export function checkFillValue(name: string, value: unknown): void {
  if (value !== undefined) number(name, value, 'a finite number', () => true);
}

export const levelAt = (level: Level, u: number): number =>
  typeof level === 'number' ? level : level[0] + (level[1] - level[0]) * u;

/** Calls `run` once for all samples of a call at one level, or for each sample at its own level. */
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

/** The factory of a corruption with one level, the option `key`. `run` corrupts all samples of a call at the same level. */
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
