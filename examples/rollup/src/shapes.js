export const SIDE = 16;

/** Squares with round corners, from small to large and from a square to a disc. */
export function shapes(count) {
  const x = new Float32Array(count * SIDE * SIDE);
  for (let n = 0; n < count; n++) {
    // Spread evenly, without any randomness.
    const radius = 2.5 + 5 * ((n * 0.618034) % 1);
    const power = 2 + 10 * ((n * 0.754878) % 1) ** 2;
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [u, v] = [i % SIDE, Math.floor(i / SIDE)].map((at) => Math.abs(at - (SIDE - 1) / 2) / radius);
      const distance = (u ** power + v ** power) ** (1 / power);
      x[n * SIDE * SIDE + i] = 1 / (1 + Math.exp(8 * (distance - 1)));
    }
  }
  return x;
}
