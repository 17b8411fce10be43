// Noise on the examples that the page shows, the same in every report.

/** Examples with normal noise of a standard deviation, clipped to 0..1 for pictures. */
export function noisyExamples(clean: Float32Array, deviation: number, isClipped: boolean): Float32Array<ArrayBuffer> {
  let state = 12345;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(clean, (value) => {
    if (deviation === 0) return value;
    const noise = deviation * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return isClipped ? Math.min(1, Math.max(0, value + noise)) : value + noise;
  });
}
