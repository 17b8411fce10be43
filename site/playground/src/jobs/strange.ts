// The job that finds strange rows of a table, and its result in order of time.
import { transfer } from 'comlink';
import { readCsv } from '../../../../cli/formats/csv.ts';
import { findStrange, seriesOfTable } from '../../../../jobs/series/index.ts';
import type { OnProgress, Strange, StrangeSettings } from './protocol.ts';

export async function strangeIn(
  bytes: Uint8Array,
  settings: StrangeSettings,
  onProgress: OnProgress,
): Promise<Strange> {
  const begin = performance.now();
  const { rows, columns: names, window, falseAlarms, seed } = settings;
  const { series, timeText, notes: tableNotes } = seriesOfTable(readCsv(bytes), { rows });
  const options = {
    rows,
    seed,
    ...(names.length > 0 && { columns: names }),
    ...(window > 0 && !rows && { window }),
    ...(falseAlarms > 0 && { falseAlarms }),
  };
  const result = await findStrange(series, options, { onProgress: (done) => onProgress(done) });
  const order = Array.from(result.order);
  const { times } = series;
  const nameOf = (row: number): string => timeText?.(row) ?? `row ${(row + 1).toLocaleString('en')}`;
  const positionOf = new Map(order.map((row, position) => [row, position]));
  const strange: Strange = {
    positions: Float64Array.from(order, (row, i) => (times ? times[row]! / 1000 : i + 1)),
    hasTimes: times !== undefined,
    columns: series.columns
      .filter(({ name }) => result.columns.includes(name))
      .map(({ name, values }) => ({ name, values: Float64Array.from(order, (row) => values[row]!) })),
    scores: Float32Array.from(order, (row) => result.scores[row]!),
    stretches: result.stretches.map(({ start, end, score, columns }) => ({
      first: positionOf.get(start) ?? 0,
      last: positionOf.get(end) ?? 0,
      from: nameOf(start),
      to: nameOf(end),
      score,
      columns,
    })),
    window: result.window,
    notes: [...tableNotes, ...result.notes],
    seconds: (performance.now() - begin) / 1000,
  };
  return transfer(strange, [strange.positions.buffer, strange.scores.buffer]);
}
