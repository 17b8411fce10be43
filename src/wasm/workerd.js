// On workerd, which forbids compiling bytes: the modules as WebAssembly.Module.

export { default as codecStrict } from './codec.strict.wasm';
export { default as convolutionRelaxed } from './convolution.relaxed.wasm';
export { default as convolutionStrict } from './convolution.strict.wasm';
export { default as corruptStrict } from './corrupt.strict.wasm';
export { default as inferRelaxed } from './infer.relaxed.wasm';
export { default as inferStrict } from './infer.strict.wasm';
export { default as latentStrict } from './latent.strict.wasm';
export { default as residualStrict } from './residual.strict.wasm';
export { default as tfjsStrict } from './tfjs.strict.wasm';
export { default as trainRelaxed } from './train.relaxed.wasm';
export { default as trainStrict } from './train.strict.wasm';
