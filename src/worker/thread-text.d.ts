// The modules that rollup.config.mjs provides for `#thread` and `#kernels`.

declare module '#thread' {
  /** The bundled code of thread.ts. It reads the kernels from a variable `kernels` instead of importing `#wasm`. */
  const text: string;
  export default text;
}

/** The kernels as text, by the names that `#wasm` exports. */
declare module '#kernels' {
  const kernels: Readonly<Record<string, string>>;
  export = kernels;
}
