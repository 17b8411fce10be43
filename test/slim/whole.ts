// isthmus/slim with what it wants to be told filled in: it then passes for isthmus.

import type { Isthmus } from '../suites/assert.ts';

type Slim = typeof import('isthmus/slim');
type Kernels = Awaited<ReturnType<Slim['load']>>;
// biome-ignore lint/suspicious/noExplicitAny: one function for calls of several kinds
type Call = (first: any, options: any) => any;

/** The package, whose models have the kernels of `engine`. */
export function whole(slim: Slim, engine: Kernels): Isthmus {
  // Its own factories: what a layer of isthmus carries names kernels by their bytes.
  const layers = Object.values(slim).filter((factory) => 'definition' in factory);
  const filled =
    (call: Call, given: object) =>
    (first: unknown, options: unknown = {}) =>
      call(first, typeof options === 'object' ? { ...given, ...options } : options);
  const loads = ['loadModel', 'loadCheckpoint', 'loadCodec', 'loadDetector'] as const;
  return {
    ...slim,
    autoencoder: filled(slim.autoencoder, { engine }),
    ...Object.fromEntries(loads.map((name) => [name, filled(slim[name] as Call, { engine, layers })])),
  } as unknown as Isthmus;
}
