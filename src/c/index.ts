export { toC } from './to-c.ts';
