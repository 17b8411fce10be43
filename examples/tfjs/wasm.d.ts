/** What an import of a `.wasm` file is: in a Worker its module, with esbuild's file loader its address. */
declare module '*.wasm' {
  const file: WebAssembly.Module & string;
  export default file;
}
