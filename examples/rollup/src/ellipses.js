export const SIDE = 16;

/** Ellipses of every width and height, spread evenly, without any randomness. */
export function ellipses(count) {
  const x = new Float32Array(count * SIDE * SIDE);
  for (let n = 0; n < count; n++) {
    const radii = [2 + 5.5 * ((n * 0.754878) % 1), 2 + 5.5 * ((n * 0.569841) % 1)];
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [u, v] = [i % SIDE, Math.floor(i / SIDE)].map((at, k) => (at - (SIDE - 1) / 2) / radii[k]);
      x[n * SIDE * SIDE + i] = 1 / (1 + Math.exp(8 * (Math.hypot(u, v) - 1)));
    }
  }
  return x;
}
