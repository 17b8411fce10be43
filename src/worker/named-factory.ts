// Layers, optimizers and the rest as the worker makes them: plain data that names its factory. The genuine ones carry
// their implementation, kernels and all, which a page that trains in a worker has no use for.

import type * as isthmus from '../index.ts';

/** A ready-made spec that the worker is to make. */
export interface NamedSpec {
  readonly type: string;
}

type Package = typeof isthmus;
/** Names of functions of the package. */
type Factory = { [K in keyof Package]: Package[K] extends (...args: never[]) => unknown ? K : never }[keyof Package];
/** As in isthmus, but checked where the data is used, which is in the worker. */
export type Named<N extends Factory> =
  ReturnType<Package[N]> extends isthmus.AutoencoderSpec ? (...args: Parameters<Package[N]>) => NamedSpec : Package[N];

export function named<N extends Factory>(type: N): Named<N> {
  const make = (first: unknown = {}, rest: object = {}): object => {
    if (Array.isArray(first)) return { ...rest, layers: first, type };
    const rate = typeof first === 'number' || (typeof first === 'object' && first !== null && 'type' in first);
    return rate ? { learningRate: first, type } : { ...(first as object), type };
  };
  return Object.assign(make, { definition: { type } }) as unknown as Named<N>;
}
