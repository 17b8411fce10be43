// isthmus/worker as CommonJS, which has no `import.meta`: the worker is text. It is there from the beginning: Parcel loses the
// names of what CommonJS loads later.

export * from './exports.ts';
export { spawn } from './inline.ts';
