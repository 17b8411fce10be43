// isthmus/worker as CommonJS. CommonJS has no `import.meta`, so the code of the worker is text. The text is loaded at once: Parcel
// loses the names of modules that CommonJS loads later.

export * from './exports.ts';
export { spawn } from './inline.ts';
