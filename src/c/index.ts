export { type COptions, toC } from './to-c.ts';
