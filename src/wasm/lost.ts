// Modules that a runtime will not compile, or that a bundler has lost.

import { UnsupportedError, wrongType } from '../core/errors.ts';

/** The error of a module that compiles elsewhere, for what the compiler threw. */
export function compileError(cause: unknown): unknown {
  if (!(cause instanceof WebAssembly.CompileError)) return cause;
  const page = "script-src in the page's Content-Security-Policy needs 'wasm-unsafe-eval'";
  const worker = 'the bundler of a Worker must resolve the condition workerd and keep .wasm files as modules';
  return new UnsupportedError('permission to compile WebAssembly', `${page}; ${worker}`, { cause });
}

/** The error for what stands in the place of a module. */
export const missingModule = (got: unknown): TypeError =>
  wrongType('#wasm', 'a WebAssembly.Module (the bundler must keep .wasm files as modules, as wrangler does)', got);
