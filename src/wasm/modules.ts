// One constant for each module of kernels: a bundle that imports no layer of a module does not contain the module.
// `npm run build` writes modules.gen.ts.

export type { KernelModule, Source } from './kernel-module.ts';
export * from './modules.gen.ts';
