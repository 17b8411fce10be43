/** Draws heart beats of varying pace and height, clean and with noise. */
export function drawPulse(count: number): { clean: Float32Array; noisy: Float32Array } {
  let [state, phase] = [7, 0];
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const bump = (center: number, width: number): number => Math.exp(-(((phase - center) / width) ** 2));
  const clean = Float32Array.from({ length: count }, (_, i) => {
    const effort = 0.5 + 0.5 * Math.sin(i / 400);
    phase = (phase + (1 + effort) / 60) % 1;
    return (1.5 + effort) * bump(0.4, 0.06) - 0.5 * bump(0.5, 0.05) + 0.4 * bump(0.75, 0.1);
  });
  // The sum of twelve uniform numbers has a nearly normal distribution.
  const normal = (): number => Array.from({ length: 12 }, random).reduce((a, b) => a + b) - 6;
  return { clean, noisy: clean.map((value) => value + 0.3 * normal()) };
}
