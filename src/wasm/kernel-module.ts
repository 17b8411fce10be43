/** A compiled module (`WebAssembly.Module`), or its bytes as text. */
export type Source = object | string;

/** One module in two flavours: inference always runs `strict`; training runs `relaxed` where the runtime has it. */
export interface KernelModule {
  readonly strict: Source;
  /** The same as `strict` where a fused multiply-add would gain nothing. */
  readonly relaxed: Source;
}
