// Modules that a runtime will not compile, or that a bundler has lost.

import { UnsupportedError, wrongType } from '../errors.ts';

/**
 * What to throw for what a compiler threw: where it is forbidden, an error that says what to do. V8 says "disallowed by
 * embedder" or names the policy, Firefox "blocked by CSP", WebKit that 'unsafe-eval' is missing.
 */
export function refusal(error: unknown): unknown {
  if (!/disallow|policy|CSP|unsafe-eval/i.test(String(error))) return error;
  const page = "a page needs 'wasm-unsafe-eval' in its Content Security Policy";
  const worker = 'the bundler of a Worker must resolve the condition "workerd" and keep .wasm files as modules';
  return new UnsupportedError('leave to compile WebAssembly', `${page}; ${worker}`);
}

/** The error for what stands in the place of a module. */
export const lost = (got: unknown): TypeError =>
  wrongType('#wasm', 'a WebAssembly.Module (the bundler must keep .wasm files as modules, as wrangler does)', got);
