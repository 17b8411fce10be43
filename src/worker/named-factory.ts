// Factories of layers, optimizers and presets for the page. They return plain data with the name of the factory, and the worker calls
// the factory itself. Factories of isthmus carry their implementation and kernels, which a page with a worker does not need.

import type * as isthmus from '../index.ts';

/** A preset by name. The worker makes the spec. */
export interface NamedSpec {
  readonly type: string;
}

type Package = typeof isthmus;
/** Names of functions of the package. */
type Factory = { [K in keyof Package]: Package[K] extends (...args: never[]) => unknown ? K : never }[keyof Package];
/** The type of a factory of isthmus. Its options are checked in the worker. */
export type Named<N extends Factory> =
  ReturnType<Package[N]> extends isthmus.AutoencoderSpec ? (...args: Parameters<Package[N]>) => NamedSpec : Package[N];

export function named<N extends Factory>(type: N): Named<N> {
  const make = (first: unknown = {}, rest: object = {}): object => {
    if (Array.isArray(first)) return { ...rest, layers: first, type };
    // A schedule is an object with a type.
    const isLearningRate =
      typeof first === 'number' || (typeof first === 'object' && first !== null && 'type' in first);
    return isLearningRate ? { learningRate: first, type } : { ...(first as object), type };
  };
  return Object.assign(make, { definition: { type } }) as unknown as Named<N>;
}
