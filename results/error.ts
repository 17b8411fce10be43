// What came back beside the images.

/** Mean of the squared differences of pixels, each read as value / 255. */
export const squaredError = (y: Uint8Array, x: Uint8Array): number =>
  y.reduce((sum, value, i) => sum + ((value - x[i]!) / 255) ** 2, 0) / y.length;
