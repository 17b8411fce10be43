// Rows of D1: compressed readings as they came, with their scores.

import { deviceOf } from './devices.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';

/** Windows of a post, at most. */
export const MOST_WINDOWS = 4096;
/** Values of a post: 4 MB of the isolate's 128. */
export const MOST_VALUES = 2 ** 20;
/** Rows that are read at once. */
const MOST_ROWS = 8;

export interface Batch {
  readonly device: string;
  readonly first: number;
  readonly last: number;
  readonly codec: string;
  readonly bytes: Uint8Array;
  readonly threshold: number | null;
  readonly scores: Float32Array<ArrayBuffer> | null;
}

/**
 * Keeps a batch. One of the same times takes the place of the earlier, so that a device may post again what it had no
 * answer to. Errors: 409 where it overlaps with another, or where the codec is no longer the device's; 404 for a device that is
 * gone. One statement, so that two posts cannot come between, nor a codec that takes the place of this one.
 */
export async function store(env: Env, { device, first, last, codec, bytes, threshold, scores }: Batch): Promise<void> {
  const { meta } = await env.DB.prepare(
    `INSERT INTO batches (device, first, last, codec, bytes, threshold, scores)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM devices WHERE id = ?1 AND codec = ?4) AND NOT EXISTS (
       SELECT 1 FROM batches WHERE device = ?1 AND last > ?2 AND last < ?3 + ?8 AND first < ?3 AND NOT (first = ?2 AND last = ?3))
     ON CONFLICT (device, last) DO UPDATE SET codec = ?4, bytes = ?5, threshold = ?6, scores = ?7`,
  )
    .bind(device, first, last, codec, bytes, threshold, scores && new Uint8Array(scores.buffer), reach(first, last))
    .run();
  if (meta.changes) return;
  if ((await deviceOf(env, device)).codec !== codec)
    throw new Problem(409, 'other-codec', '"body" expected data of the codec that is the device\'s now: post again');
  throw new Problem(409, 'overlap', '"from" expected times without readings, got some that have them');
}

/**
 * How far behind `last` a batch may end that begins before it: the most windows are not shorter than one is. No further than
 * a whole number reaches.
 */
const reach = (first: number, last: number): number =>
  Math.min(MOST_WINDOWS * (last - first), Number.MAX_SAFE_INTEGER - last);

/** Batches with readings in [from, to), by time: a page of them. `window`: milliseconds of a window. */
export async function load(env: Env, device: string, from: number, to: number, window: number): Promise<Batch[]> {
  const { results } = await env.DB.prepare(
    `SELECT * FROM batches WHERE device = ?1 AND last > ?2 AND last < ?4 AND first < ?3 ORDER BY last LIMIT ${MOST_ROWS}`,
  )
    .bind(device, from, to, Math.min(to + MOST_WINDOWS * window, Number.MAX_SAFE_INTEGER))
    .all<Omit<Batch, 'bytes' | 'scores'> & { bytes: number[]; scores: number[] | null }>();
  return results.map((row) => ({
    ...row,
    bytes: Uint8Array.from(row.bytes),
    scores: row.scores && new Float32Array(Uint8Array.from(row.scores).buffer),
  }));
}
