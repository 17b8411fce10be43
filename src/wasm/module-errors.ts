// Errors of modules that a runtime refuses to compile, or that a bundler has replaced.

import { UnsupportedError, wrongType } from '../core/errors.ts';

/** Replaces a CompileError of valid bytes by an error that says that compilation is forbidden; returns other errors unchanged. */
export function compileError(cause: unknown): unknown {
  if (!(cause instanceof WebAssembly.CompileError)) return cause;
  const page = "script-src in the page's Content-Security-Policy needs 'wasm-unsafe-eval'";
  const worker = 'the bundler of a Worker must resolve the condition workerd and keep .wasm files as modules';
  return new UnsupportedError('permission to compile WebAssembly', `${page}; ${worker}`, { cause });
}

/** The error for a value that is not a module. */
export const missingModule = (got: unknown): TypeError =>
  wrongType('#wasm', 'a WebAssembly.Module (the bundler must keep .wasm files as modules, as wrangler does)', got);
