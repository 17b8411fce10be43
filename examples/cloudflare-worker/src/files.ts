// Models as files in R2. Each is noted in D1 before it is written and until it is deleted, under a key that is never used
// again; so whatever fails in between, and whoever changes what at the same time, a file that is needed is there, and one that
// nothing refers to is found.

import type { Env } from './platform.ts';
import { Problem } from './problem.ts';

/** Milliseconds in which a request that has written a file refers to it. */
const GRACE = 10 * 60_000;
/** Files that one request deletes. */
const MOST_SWEPT = 50;

/** Of a row of `files`: no device and no batch refers to it. */
export const unused = `NOT EXISTS (SELECT 1 FROM devices WHERE codec = files.key OR detector = files.key)
  AND NOT EXISTS (SELECT 1 FROM batches WHERE codec = files.key)`;

export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Writes a file for a device and gives its key. Nothing refers to it before `assign`. */
export async function keep(env: Env, id: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = `models/${id}/${crypto.randomUUID()}`;
  await env.DB.prepare('INSERT INTO files (key, device, hash, created) VALUES (?, ?, ?, ?)')
    .bind(key, id, await hashOf(bytes), Date.now())
    .run();
  await env.MODELS.put(key, bytes);
  return key;
}

/** Whether a file has these bytes. */
export async function holds(env: Env, key: string | null, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (!key) return false;
  const row = await env.DB.prepare('SELECT 1 AS same FROM files WHERE key = ? AND hash = ? AND doomed = 0')
    .bind(key, await hashOf(bytes))
    .first();
  return row !== null;
}

/**
 * Makes a file the codec or the detector of a device, for windows of so many readings, and deletes the file whose place it
 * takes, unless stored readings need it. Errors: 404 for a device that is gone, 409 for windows of another length; then the file
 * is deleted. One statement, so that a codec and a detector that are put at the same time cannot contradict each other.
 */
export async function assign(
  env: Env,
  id: string,
  name: 'codec' | 'detector',
  key: string,
  readings: number,
): Promise<void> {
  const [before, changed] = await env.DB.batch<{ key: string | null; readings: number | null }>([
    env.DB.prepare(`SELECT ${name} AS key, readings FROM devices WHERE id = ?`).bind(id),
    env.DB.prepare(
      `UPDATE devices SET ${name} = ?1, readings = ?2 WHERE id = ?3 AND (readings IS NULL OR readings = ?2)
       AND EXISTS (SELECT 1 FROM files WHERE key = ?1 AND doomed = 0)`,
    ).bind(key, readings, id),
  ]);
  const device = before!.results[0];
  const done = changed!.meta.changes > 0;
  await sweep(env, id, done ? device?.key : key);
  if (done) return;
  if (!device) throw new Problem(404, 'unknown-device', `"${id}" expected a device that was put, got another`);
  throw new Problem(409, 'shape', `"${name}" expected windows of ${device.readings} readings, got ${readings}`);
}

/**
 * Deletes files that nothing refers to: the one at `key`, those of the device that a request left when it failed, and those
 * that were doomed before. What fails here is done by a later call.
 */
export async function sweep(env: Env, id: string, key: string | null = null): Promise<void> {
  try {
    await env.DB.prepare(
      `UPDATE files SET doomed = 1 WHERE (key = ?1 OR (device = ?2 AND created < ?3)) AND doomed = 0 AND ${unused}`,
    )
      .bind(key, id, Date.now() - GRACE)
      .run();
    const { results } = await env.DB.prepare(`SELECT key FROM files WHERE doomed = 1 LIMIT ${MOST_SWEPT}`).all<{
      key: string;
    }>();
    if (!results.length) return;
    const keys = results.map((row) => row.key);
    await env.MODELS.delete(keys);
    await env.DB.batch(keys.map((one) => env.DB.prepare('DELETE FROM files WHERE key = ?').bind(one)));
  } catch (error) {
    console.warn('files are deleted later:', error);
  }
}
