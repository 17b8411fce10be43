/**
 * 32-bit integers of a linear congruential generator (the constants of Numerical Recipes), the same on every machine.
 * It is fast and needs no package, but its low bits repeat soon: use the high ones.
 */
export function linearCongruential(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

/** The same numbers in [0, 1). */
export function uniformFromSeed(seed: number): () => number {
  const next = linearCongruential(seed);
  return () => next() / 2 ** 32;
}

/** The same numbers in [-1, 1). */
export function symmetricFromSeed(seed: number): () => number {
  const next = linearCongruential(seed);
  return () => next() / 2 ** 31 - 1;
}
