export { type FusedAdamOptions, fusedAdam } from './adam.ts';
export { tfjsEngine } from './engine.ts';
export { type InstalledKernels, type InstallOptions, installKernels } from './install.ts';
export { loadWasmBackend, type WasmBackendOptions } from './load.ts';
