// Compares figures with their targets.

import type { Figures } from './part.ts';
import { earlier } from './targets/earlier.ts';
import { eightBits } from './targets/eight-bits.ts';
import { oneThread } from './targets/one-thread.ts';
import { threads } from './targets/threads.ts';

export interface Target {
  /** The name of the figure, which is also the key in bench/reasons.ts. */
  readonly figure: string;
  readonly work: string;
  /** The row of the picture; targets outside docs/speed.md have none. */
  readonly label?: string;
  readonly unit: string;
  /** The limit, at most one of `atLeast` and `atMost`. Without a limit, the figure is only measured. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The figure on a Zen 3 before the work on speed. */
  readonly before?: number | readonly number[];
  /** Values are shown as their smallest and largest, not one by one. */
  readonly range?: true;
  /** Decimals of all values; by default 3 digits. */
  readonly decimals?: number;
}

export interface Section {
  readonly title: string;
  readonly targets: readonly Target[];
}

/** The sections of docs/speed.md. */
export const sections: readonly Section[] = [
  { title: 'One thread', targets: oneThread },
  { title: 'More than one core', targets: threads },
  { title: 'Eight bits', targets: eightBits },
];

/** All targets: those of docs/speed.md, and those of earlier versions. */
export const targets: readonly Target[] = [...sections.flatMap((section) => section.targets), ...earlier];

/** The values of a figure. */
export const valuesOf = (figure: number | readonly number[]): readonly number[] => [figure].flat();

/** The value of a figure that is farthest from its target. */
export function worst({ atMost }: Target, figure: number | readonly number[]): number {
  const values = valuesOf(figure);
  return atMost === undefined ? Math.min(...values) : Math.max(...values);
}

/** Whether a figure meets its target; undefined for a target without a limit. */
export function isMet(target: Target, figure: number | readonly number[]): boolean | undefined {
  const { atLeast, atMost } = target;
  if (atLeast !== undefined) return worst(target, figure) >= atLeast;
  if (atMost !== undefined) return worst(target, figure) <= atMost;
  return undefined;
}

/** Three digits, unless the target states its decimals. */
function formatNumber({ decimals }: Target, value: number): string {
  if (value === 0) return '0';
  const shown = decimals ?? Math.max(0, Math.min(2, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toLocaleString('en', { minimumFractionDigits: shown, maximumFractionDigits: shown });
}

/** A figure with its unit: `5.31 ms`, `57 to 76 %`, `0.31, 0.19 ×`. */
export function formatFigure(target: Target, figure: number | readonly number[]): string {
  const values = valuesOf(figure);
  const shown = target.range
    ? [Math.min(...values), Math.max(...values)].map((value) => formatNumber(target, value)).join(' to ')
    : values.map((value) => formatNumber(target, value)).join(', ');
  return target.unit ? `${shown} ${target.unit}` : shown;
}

/** The limit with its unit: `≥ 88 %`; `–` without a limit. */
export function formatLimit({ atLeast, atMost, unit }: Target): string {
  const limit = atLeast ?? atMost;
  if (limit === undefined) return '–';
  return `${atLeast === undefined ? '≤' : '≥'} ${limit.toLocaleString('en')}${unit && ` ${unit}`}`;
}

export interface Verdict {
  readonly work: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A verdict for each measured figure that has a target. */
export const verdicts = (figures: Figures): Verdict[] =>
  targets.flatMap((target) => {
    const figure = figures[target.figure];
    if (figure === undefined) return [];
    const met = isMet(target, figure) ?? true;
    return [{ work: target.work, limit: formatLimit(target), measured: formatFigure(target, figure), met }];
  });
