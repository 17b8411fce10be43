// What rollup.config.mjs puts in the places of `#thread` and `#kernels`.

declare module '#thread' {
  /** The code of thread.ts and all that it imports, where `kernels` is what `#wasm` exports. */
  const text: string;
  export default text;
}

/** The kernels as text, by the names that `#wasm` has for them. */
declare module '#kernels' {
  const kernels: Readonly<Record<string, string>>;
  export = kernels;
}
