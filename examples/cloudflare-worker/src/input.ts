// What comes in, within limits.

import { Problem } from './problem.ts';

const KIB = 1024;

/** Of a post of readings, compressed: D1 takes rows of 2 MB, and gives bytes back as numbers in JSON. */
export const MOST_READINGS = 256 * KIB;
/** Of a model's file. */
export const MOST_MODEL = 4 * KIB * KIB;
/** Of JSON. */
export const MOST_JSON = 64 * KIB;

const tooLarge = (most: number): Problem => new Problem(413, 'too-large', `expected at most ${most} bytes`);

/**
 * The body, of which no more is read than is allowed; decompressed where its content encoding is gzip or deflate, and then too
 * no more than is allowed. Errors: 413, 415 for another encoding, 400 for one that is damaged.
 */
export async function readBody(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length')) > most) throw tooLarge(most);
  const encoding = request.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity' || !request.body) return read(request.body, most);
  if (encoding !== 'gzip' && encoding !== 'deflate')
    throw new Problem(415, 'encoding', 'expected gzip, deflate or no content encoding', {
      'accept-encoding': 'gzip, deflate',
    });
  try {
    return await read(request.body.pipeThrough(new DecompressionStream(encoding)), most);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, 'corrupt', `"body" expected bytes compressed by ${encoding}, got others`);
  }
}

async function read(stream: AsyncIterable<Uint8Array> | null, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream ?? []) {
    length += part.length;
    if (length > most) throw tooLarge(most);
    parts.push(part);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The body as a JSON object; an empty one where there is none. */
export async function readJson(request: Request): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await readBody(request, MOST_JSON));
  let value: unknown = {};
  try {
    if (text) value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('body', 'a JSON object', text);
  return value as Record<string, unknown>;
}

/** A value as an error shows it. Lists and objects are not: one that is nested deep enough cannot be. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(JSON.stringify(value)).slice(0, 80);
}

export const wrong = (name: string, expected: string, got: unknown): Problem =>
  new Problem(400, 'invalid', `"${name}" expected ${expected}, got ${show(got)}`);

/** A whole number within limits, or of text such a number. */
export function integer(name: string, value: unknown, least: number, most: number): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (Number.isInteger(number) && (number as number) >= least && (number as number) <= most) return number as number;
  throw wrong(name, `integer ${least}..${most}`, value);
}

/** A time as milliseconds since 1970, from those or from what Date reads. */
export function time(name: string, value: unknown): number {
  const text = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  const ms = typeof text === 'string' || typeof text === 'number' ? new Date(text).getTime() : Number.NaN;
  if (Number.isSafeInteger(ms)) return ms;
  throw wrong(name, 'a time such as 2026-11-01T00:00:00Z', value);
}

export const iso = (ms: number): string => new Date(ms).toISOString();
