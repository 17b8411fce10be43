// bench/figures.json: the latest figures of one machine, from which docs/speed.md is made.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Figures } from './part.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

export interface SavedFigures {
  readonly machine: Machine;
  /** By the name of a competitor. */
  readonly versions: Readonly<Record<string, string>>;
  readonly figures: Figures;
  /** Reasons why competitors have no time, by workload and competitor. */
  readonly missing: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const path = new URL('figures.json', import.meta.url);

export const thisMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
});

export const readFigures = (): SavedFigures => JSON.parse(readFileSync(path, 'utf8'));

/** Adds the figures of a run. Figures of another machine or another Node are dropped: a page has those of one machine. */
export function saveFigures(run: SavedFigures): void {
  const saved = existsSync(path) ? readFigures() : undefined;
  const same = saved && JSON.stringify(saved.machine) === JSON.stringify(run.machine);
  const merged: SavedFigures = {
    machine: run.machine,
    versions: { ...(same && saved.versions), ...run.versions },
    figures: { ...(same && saved.figures), ...run.figures },
    missing: { ...(same && saved.missing), ...run.missing },
  };
  const rounded = JSON.stringify(merged, (_, value) => (typeof value === 'number' ? +value.toPrecision(4) : value), 2);
  writeFileSync(path, `${rounded}\n`);
}
