// Batches: rows of D1 with the compressed readings of one post and their scores.

import { deviceOf } from './devices.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';

/** Largest number of windows in a post. */
export const MAX_WINDOWS = 4096;
/** Largest number of values in a post: 4 MB of the 128 MB of the isolate. */
export const MAX_VALUES = 2 ** 20;
/** Largest number of rows that one query reads. */
const MAX_ROWS = 8;

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
 * Stores a batch. It replaces a batch of the same times, so that a device may repeat a post that got no answer. Errors: 409 for a
 * batch that overlaps with another batch, and for data of a codec that is no longer the device's; 404 for a deleted device. All is
 * one statement, so that neither another post nor a new codec can change the rows between the checks and the insertion.
 */
export async function store(env: Env, { device, first, last, codec, bytes, threshold, scores }: Batch): Promise<void> {
  const { meta } = await env.DB.prepare(
    `INSERT INTO batches (device, first, last, codec, bytes, threshold, scores)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM devices WHERE id = ?1 AND codec = ?4) AND NOT EXISTS (
       SELECT 1 FROM batches WHERE device = ?1 AND last > ?2 AND last < ?3 + ?8 AND first < ?3 AND NOT (first = ?2 AND last = ?3))
     ON CONFLICT (device, last) DO UPDATE SET codec = ?4, bytes = ?5, threshold = ?6, scores = ?7`,
  )
    .bind(
      device,
      first,
      last,
      codec,
      bytes,
      threshold,
      scores && new Uint8Array(scores.buffer),
      longestOverlap(first, last),
    )
    .run();
  if (meta.changes) return;
  if ((await deviceOf(env, device)).codec !== codec)
    throw new Problem(409, 'other-codec', '"body" expected data of the codec that is the device\'s now: post again');
  throw new Problem(409, 'overlap', '"from" expected times without readings, got some that have them');
}

/**
 * Limits the search for overlaps: a batch that begins before `last` ends within this time after `last`. The windows of a device have one
 * length, so a batch lasts at most MAX_WINDOWS times as long as this one. `last` plus the result is a safe integer.
 */
const longestOverlap = (first: number, last: number): number =>
  Math.min(MAX_WINDOWS * (last - first), Number.MAX_SAFE_INTEGER - last);

/** The first batches with readings in [from, to), sorted by time; at most MAX_ROWS. `window`: milliseconds of a window. */
export async function load(env: Env, device: string, from: number, to: number, window: number): Promise<Batch[]> {
  const { results } = await env.DB.prepare(
    `SELECT * FROM batches WHERE device = ?1 AND last > ?2 AND last < ?4 AND first < ?3 ORDER BY last LIMIT ${MAX_ROWS}`,
  )
    .bind(device, from, to, Math.min(to + MAX_WINDOWS * window, Number.MAX_SAFE_INTEGER))
    .all<Omit<Batch, 'bytes' | 'scores'> & { bytes: number[]; scores: number[] | null }>();
  return results.map((row) => ({
    ...row,
    bytes: Uint8Array.from(row.bytes),
    scores: row.scores && new Float32Array(Uint8Array.from(row.scores).buffer),
  }));
}
