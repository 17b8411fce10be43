export const SIDE = 16;

/** Draws ellipses whose widths and heights are spread evenly, without random numbers. */
export function drawEllipses(count) {
  const x = new Float32Array(count * SIDE * SIDE);
  for (let n = 0; n < count; n++) {
    const radii = [2 + 5.5 * ((n * 0.754878) % 1), 2 + 5.5 * ((n * 0.569841) % 1)];
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [u, v] = [i % SIDE, Math.floor(i / SIDE)].map(
        (position, axis) => (position - (SIDE - 1) / 2) / radii[axis],
      );
      x[n * SIDE * SIDE + i] = 1 / (1 + Math.exp(8 * (Math.hypot(u, v) - 1)));
    }
  }
  return x;
}
