// Authentication: the owner sends the secret TOKEN, a device sends its own token.

import type { Env } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';

/** The sender of a request: the owner, or a device. */
export type Caller = { readonly owner: true } | { readonly owner: false; readonly device: string };

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Compares two texts in a time that does not depend on the first difference. */
function equal(a: string, b: string): boolean {
  let different = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) different |= a.charCodeAt(i) ^ b.charCodeAt(i % b.length);
  return different === 0;
}

/**
 * Identifies the sender. D1 stores the SHA-256 of a device's token `NAME.SECRET`. Digests are compared, as their lengths are equal.
 * Errors: 401 for a token that is not valid, 500 if the secret TOKEN is not set.
 */
export async function callerOf(request: Request, env: Env): Promise<Caller> {
  const { TOKEN: secret } = env;
  if (!secret) throw new Problem(500, 'no-token', 'TOKEN is not set: see .dev.vars.example');
  const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  const hash = hex(await digest(token));
  if (equal(hash, hex(await digest(secret)))) return { owner: true };
  const device = /^([\w.-]{1,64})\.[\w-]{43}$/.exec(token)?.[1];
  const row = device
    ? await env.DB.prepare('SELECT token FROM devices WHERE id = ?').bind(device).first<{ token: string | null }>()
    : null;
  if (device && row?.token && equal(hash, row.token)) return { owner: false, device };
  throw new Problem(401, 'unauthorized', 'expected the header authorization: Bearer TOKEN', {
    'www-authenticate': 'Bearer',
  });
}

/** Errors: 403 for a device that calls for another device, or calls a function of the owner. */
export function allow(caller: Caller, id: string, ownerOnly: boolean): void {
  if (caller.owner || (caller.device === id && !ownerOnly)) return;
  const expected = ownerOnly ? 'the token of the owner' : `the token of the device "${id}"`;
  throw new Problem(403, 'forbidden', `expected ${expected}, got that of "${caller.device}"`);
}

/** Answers with a new token: the name of the device and 256 random bits. The previous token is void. D1 stores the digest only. */
export async function postToken({ env, id }: Call): Promise<Response> {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const secret = btoa(String.fromCharCode(...random));
  const token = `${id}.${secret.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
  await setToken(env, id, hex(await digest(token)));
  return Response.json({ token }, { status: 201, headers: { 'cache-control': 'no-store' } });
}

/** Deletes the token of a device. */
export async function deleteToken({ env, id }: Call): Promise<Response> {
  await setToken(env, id, null);
  return Response.json({ token: null });
}

async function setToken(env: Env, id: string, hash: string | null): Promise<void> {
  const { meta } = await env.DB.prepare('UPDATE devices SET token = ? WHERE id = ?').bind(hash, id).run();
  if (!meta.changes) throw new Problem(404, 'unknown-device', `"${id}" expected a device that was put, got another`);
}
