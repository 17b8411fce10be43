// Reads and checks bodies and parameters, with limits of size.

import { Problem } from './problem.ts';

const KIB = 1024;

/** Largest body of a post of readings, compressed. D1 takes rows of 2 MB, and returns bytes as numbers in JSON. */
export const MAX_READINGS_BYTES = 256 * KIB;
/** Largest file of a model. */
export const MAX_MODEL_BYTES = 4 * KIB * KIB;
/** Largest JSON body. */
export const MAX_JSON_BYTES = 64 * KIB;

const tooLarge = (maxBytes: number): Problem => new Problem(413, 'too-large', `expected at most ${maxBytes} bytes`);

/**
 * Reads a body and decompresses it if its content encoding is gzip or deflate. The limit of `maxBytes` holds before and after
 * decompression. Errors: 413 for more bytes, 415 for another encoding, 400 for damaged data.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
  const encoding = request.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity' || !request.body) return read(request.body, maxBytes);
  if (encoding !== 'gzip' && encoding !== 'deflate')
    throw new Problem(415, 'encoding', 'expected gzip, deflate or no content encoding', {
      'accept-encoding': 'gzip, deflate',
    });
  try {
    return await read(request.body.pipeThrough(new DecompressionStream(encoding)), maxBytes);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, 'corrupt', `"body" expected bytes compressed by ${encoding}, got others`);
  }
}

async function read(stream: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream ?? []) {
    length += part.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    parts.push(part);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The body as a JSON object; an empty object for an empty body. */
export async function readJson(request: Request): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await readBody(request, MAX_JSON_BYTES));
  let value: unknown = {};
  try {
    if (text) value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('body', 'a JSON object', text);
  return value as Record<string, unknown>;
}

/** A value as text for an error. Contents of lists and objects are omitted: JSON.stringify fails on deep nesting. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(JSON.stringify(value)).slice(0, 80);
}

export const wrong = (name: string, expected: string, got: unknown): Problem =>
  new Problem(400, 'invalid', `"${name}" expected ${expected}, got ${show(got)}`);

/** Checks an integer, or the text of one. */
export function integer(name: string, value: unknown, min: number, max: number): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (Number.isInteger(number) && (number as number) >= min && (number as number) <= max) return number as number;
  throw wrong(name, `integer ${min}..${max}`, value);
}

/** A time in milliseconds since 1970, from such a number or from a text that Date parses. */
export function time(name: string, value: unknown): number {
  const text = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  const ms = typeof text === 'string' || typeof text === 'number' ? new Date(text).getTime() : Number.NaN;
  if (Number.isSafeInteger(ms)) return ms;
  throw wrong(name, 'a time such as 2026-11-01T00:00:00Z', value);
}

export const iso = (ms: number): string => new Date(ms).toISOString();
