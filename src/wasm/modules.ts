// Modules of kernels that only some layers need: a bundle without those layers is without them. One flavour, strict:
// there is no matrix product in them that a fused multiply-add would make faster.

import { corruptStrict, latentStrict } from '#wasm';

/** A `WebAssembly.Module`, or its bytes in base64. */
export type KernelModule = object | string;

/** Bottlenecks: codes that are drawn, sparse or rounded. */
export const latentModule: KernelModule = latentStrict;

/** Noise and augmentation. */
export const corruptModule: KernelModule = corruptStrict;
