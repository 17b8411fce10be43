// IEEE 754 half precision, by hand: Float16Array is younger than the runtimes we support.

const bits = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(4));

/** The half nearest to a float32, ties to even, as its 16 bits. Beyond the largest half: infinity. */
export function toHalf(value: number): number {
  bits.setFloat32(0, value);
  const x = bits.getUint32(0);
  const sign = (x >>> 16) & 0x8000;
  const magnitude = x & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  // Below the smallest normal half: a multiple of 2^-24, which adding 0.5 to a float32 rounds to.
  if (magnitude < 0x38800000) {
    bits.setFloat32(0, Math.abs(value) + 0.5);
    return sign | (bits.getUint32(0) - 0x3f000000);
  }
  const odd = (magnitude >>> 13) & 1;
  const half = (magnitude - 0x38000000 + 0xfff + odd) >>> 13;
  return sign | Math.min(half, 0x7c00);
}

/** The value of a half, exactly. */
export function fromHalf(half: number): number {
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}
