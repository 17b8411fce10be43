// Everywhere but on workerd: the modules as base64, one file each, so that a bundler drops what nobody imports.
export { default as inferRelaxed } from './infer.relaxed.js';
export { default as inferStrict } from './infer.strict.js';
export { default as trainRelaxed } from './train.relaxed.js';
export { default as trainStrict } from './train.strict.js';
