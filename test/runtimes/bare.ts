// A realm that has the globals of ECMAScript and WebAssembly and no others: no timers, no messages, no clock but Date, no
// TextEncoder, no crypto, no console. AudioWorklets, test environments and embedded engines have hardly more.
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { build } from 'esbuild';
import type { Isthmus } from '../suites/assert.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The built package, or another entry of it, in such a realm with the additional `globals`. */
export async function bare(globals: object = {}, entry = 'isthmus'): Promise<Isthmus> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: root },
    bundle: true,
    format: 'iife',
    globalName: 'isthmus',
    write: false,
    logLevel: 'error',
  });
  const realm = createContext();
  // V8 adds a console to every realm.
  new Script('delete globalThis.console').runInContext(realm);
  Object.assign(realm, globals);
  new Script(outputFiles[0]!.text, { filename: `${entry}.js` }).runInContext(realm);
  return new Script('isthmus').runInContext(realm);
}
