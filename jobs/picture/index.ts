export { cleanPicture, LITTLE_NOISE, patchStride } from './clean.ts';
export type * from './types.ts';
