import type { Env } from './platform.ts';
import { Problem } from './problem.ts';

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/** Lets in who shows the secret. Digests are compared, and all of them: the time says nothing about the secret. */
export async function authorize(request: Request, env: Env): Promise<void> {
  const { TOKEN: secret } = env;
  if (!secret) throw new Problem(500, 'no-token', 'TOKEN is not set: see .dev.vars.example');
  const given = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  const [a, b] = await Promise.all([digest(given), digest(secret)]);
  const different = a.reduce((sum, byte, i) => sum | (byte ^ b[i]!), 0);
  if (different)
    throw new Problem(401, 'unauthorized', 'expected the header authorization: Bearer TOKEN', {
      'www-authenticate': 'Bearer',
    });
}
