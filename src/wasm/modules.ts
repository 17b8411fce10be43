// Modules of kernels that only some layers need: a bundle without those layers is without them.

import { codecStrict, convolutionRelaxed, convolutionStrict, corruptStrict, latentStrict, residualStrict } from '#wasm';

/** A `WebAssembly.Module`, or its bytes as text. */
export type Source = object | string;

/** What inference runs, and what training runs where it may fuse multiply and add. */
export interface KernelModule {
  readonly strict: Source;
  readonly relaxed: Source;
}

/** Convolutions, pooling and resizing, forward. */
export const convolutionModule: KernelModule = { strict: convolutionStrict, relaxed: convolutionRelaxed };

// There is no matrix product in these that a fused multiply-add would make faster.

/** Bottlenecks: codes that are drawn, sparse or rounded. */
export const latentModule: KernelModule = { strict: latentStrict, relaxed: latentStrict };

/** Noise and augmentation. */
export const corruptModule: KernelModule = { strict: corruptStrict, relaxed: corruptStrict };

/** Checksums, and codes to bytes and back. */
export const codecModule: KernelModule = { strict: codecStrict, relaxed: codecStrict };

/** Residuals of predictions, and bytes, by mixing what contexts say. */
export const residualModule: KernelModule = { strict: residualStrict, relaxed: residualStrict };
