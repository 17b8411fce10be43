/** Draws a vibration: two tones of changing loudness, and a little noise. */
export function drawVibration(count: number): Float32Array<ArrayBuffer> {
  let state = 11;
  return Float32Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const load = 1 + 0.4 * Math.sin(i / 5000);
    return load * (Math.sin(i / 5) + 0.5 * Math.sin(i / 3.1 + Math.sin(i / 900))) + 0.02 * (state / 2 ** 31 - 1);
  });
}
