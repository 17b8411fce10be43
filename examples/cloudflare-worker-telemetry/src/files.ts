// Models as files in R2. D1 lists each file from before it is written until after it is deleted. No key is used twice. Therefore,
// after any failure and with concurrent requests, a file that is referred to exists, and an unused file can be found.

import type { Env } from './platform.ts';
import { Problem } from './problem.ts';

/** An unused file is deleted after so many milliseconds. Requests take less time to refer to the file that they have written. */
const UNUSED_FILE_LIFETIME = 10 * 60_000;
/** Largest number of files that one request deletes. */
const MAX_DELETED_FILES = 50;

/** SQL condition for a row of `files`: no device and no batch refers to it. */
export const unused = `NOT EXISTS (SELECT 1 FROM devices WHERE codec = files.key OR detector = files.key)
  AND NOT EXISTS (SELECT 1 FROM batches WHERE codec = files.key)`;

export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Writes a file for a device and returns its key. `assign` makes the device refer to it. */
export async function writeFile(env: Env, id: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = `models/${id}/${crypto.randomUUID()}`;
  await env.DB.prepare('INSERT INTO files (key, device, hash, created) VALUES (?, ?, ?, ?)')
    .bind(key, id, await hashOf(bytes), Date.now())
    .run();
  await env.MODELS.put(key, bytes);
  return key;
}

/** True if the file of a key has these bytes. */
export async function hasBytes(env: Env, key: string | null, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (!key) return false;
  const row = await env.DB.prepare('SELECT 1 AS same FROM files WHERE key = ? AND hash = ? AND doomed = 0')
    .bind(key, await hashOf(bytes))
    .first();
  return row !== null;
}

/**
 * Makes a file the codec or the detector of a device, for windows of `readings` readings. Deletes the previous file, unless stored
 * readings need it. Errors: 404 for a deleted device, 409 for windows of another length; the new file is then deleted. One statement
 * checks and updates, so that a codec and a detector of different lengths cannot both be stored by concurrent requests.
 */
export async function assign(
  env: Env,
  id: string,
  name: 'codec' | 'detector',
  key: string,
  readings: number,
): Promise<void> {
  const [selected, updated] = await env.DB.batch<{ key: string | null; readings: number | null }>([
    env.DB.prepare(`SELECT ${name} AS key, readings FROM devices WHERE id = ?`).bind(id),
    env.DB.prepare(
      `UPDATE devices SET ${name} = ?1, readings = ?2 WHERE id = ?3 AND (readings IS NULL OR readings = ?2)
       AND EXISTS (SELECT 1 FROM files WHERE key = ?1 AND doomed = 0)`,
    ).bind(key, readings, id),
  ]);
  const device = selected!.results[0];
  const assigned = updated!.meta.changes > 0;
  await deleteUnused(env, id, assigned ? device?.key : key);
  if (assigned) return;
  if (!device) throw new Problem(404, 'unknown-device', `"${id}" expected a device that was put, got another`);
  throw new Problem(409, 'shape', `"${name}" expected windows of ${device.readings} readings, got ${readings}`);
}

/**
 * Deletes unused files: the file of `key`, files of the device from failed requests, and files that earlier calls have marked as
 * doomed. A later call repeats a deletion that fails.
 */
export async function deleteUnused(env: Env, id: string, key: string | null = null): Promise<void> {
  try {
    await env.DB.prepare(
      `UPDATE files SET doomed = 1 WHERE (key = ?1 OR (device = ?2 AND created < ?3)) AND doomed = 0 AND ${unused}`,
    )
      .bind(key, id, Date.now() - UNUSED_FILE_LIFETIME)
      .run();
    const { results } = await env.DB.prepare(`SELECT key FROM files WHERE doomed = 1 LIMIT ${MAX_DELETED_FILES}`).all<{
      key: string;
    }>();
    if (!results.length) return;
    const keys = results.map((row) => row.key);
    await env.MODELS.delete(keys);
    await env.DB.batch(keys.map((unusedKey) => env.DB.prepare('DELETE FROM files WHERE key = ?').bind(unusedKey)));
  } catch (error) {
    console.warn('files are deleted later:', error);
  }
}
