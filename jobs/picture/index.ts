export { cleanPicture, LITTLE_NOISE } from './clean.ts';
export type * from './types.ts';
