// Feature probes: the smallest functions that use a feature. They are validated, never run.

const header = [0, 97, 115, 109, 1, 0, 0, 0];
/** A module with one function () -> v128 of the given body. */
const probe = (body: number[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array([
    ...header,
    1,
    5,
    1,
    96,
    0,
    1,
    123,
    3,
    2,
    1,
    0,
    10,
    body.length + 4,
    1,
    body.length + 2,
    0,
    ...body,
    11,
  ]);

/** f32x4.splat(0) */
const zero = [67, 0, 0, 0, 0, 253, 19];

/** 128-bit SIMD: Chrome 91, Firefox 89, Safari 16.4, Node 16. */
export const hasSimd = (): boolean => WebAssembly.validate(probe(zero));

/** Relaxed SIMD, for f32x4.relaxed_madd: Chrome 114, Firefox 145, Node 22; not in Safari. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(probe([...zero, ...zero, ...zero, 253, 133, 2]));
