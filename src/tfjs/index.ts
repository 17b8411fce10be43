export { type FusedAdamOptions, fusedAdam } from './adam.ts';
export { tfjsEngine } from './engine.ts';
export { type InstalledKernels, type InstallOptions, installKernels } from './install.ts';
export { type FromLayersOptions, fromLayersModel } from './layers/from.ts';
export { type LayersTf, toLayersModel } from './layers/to.ts';
export { loadWasmBackend, type WasmBackendOptions } from './load.ts';
