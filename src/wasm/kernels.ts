// The exports of the kernel modules. `npm run build` writes kernels.gen.ts.

export type * from './kernels.gen.ts';
export type * from './parameter-types.ts';
