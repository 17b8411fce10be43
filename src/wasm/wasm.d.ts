// What package.json's `imports` puts in the place of `#wasm`.
declare module '#wasm' {
  /** A module, or its bytes as text. */
  type Source = WebAssembly.Module | string;
  export const inferStrict: Source;
  export const inferRelaxed: Source;
  export const convolutionStrict: Source;
  export const convolutionRelaxed: Source;
  export const latentStrict: Source;
  export const corruptStrict: Source;
  export const codecStrict: Source;
  export const residualStrict: Source;
  export const tfjsStrict: Source;
  export const trainStrict: Source;
  export const trainRelaxed: Source;
}
