// Digits as drawn bits: a pixel is 255 with the chance that its grey is of 255, else 0 (Salakhutdinov and Murray, 2008).

/** The same bits for the same seed. */
export function binarised(pixels: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed * 2654435761 + 1;
  return Uint8Array.from(pixels, (value) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8 < (value / 255) * 2 ** 24 ? 255 : 0;
  });
}
