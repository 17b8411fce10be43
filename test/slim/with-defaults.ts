// isthmus/slim with the options `engine` and `layers` filled in, so that the suites can use it as isthmus.

import type { Isthmus } from '../suites/assert.ts';

type Slim = typeof import('isthmus/slim');
type Kernels = Awaited<ReturnType<Slim['load']>>;
// biome-ignore lint/suspicious/noExplicitAny: one wrapper for functions of different signatures
type Call = (first: any, options: any) => any;

/** isthmus/slim as isthmus: its models use the kernels of `engine`. */
export function withDefaults(slim: Slim, engine: Kernels): Isthmus {
  // The factories of isthmus/slim: those of isthmus define layers whose kernels are embedded as bytes.
  const layers = Object.values(slim).filter((factory) => 'definition' in factory);
  const filled =
    (call: Call, defaults: object) =>
    (first: unknown, options: unknown = {}) =>
      call(first, typeof options === 'object' ? { ...defaults, ...options } : options);
  const loads = ['loadModel', 'loadCheckpoint', 'loadCodec', 'loadDetector'] as const;
  return {
    ...slim,
    autoencoder: filled(slim.autoencoder, { engine }),
    ...Object.fromEntries(loads.map((name) => [name, filled(slim[name] as Call, { engine, layers })])),
  } as unknown as Isthmus;
}
