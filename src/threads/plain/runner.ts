// The code of a worker with its own memory, as text. A worker that starts from text needs no file that a bundler must find.

import type { Address } from '../../wasm/kernels.ts';
import { CALL_NUMBERS, MAX_ARGUMENTS } from '../calls.ts';

/** The kernels of a worker, and the size of its memory. A later message replaces both. */
export interface SetupMessage {
  /** Instances of `WebAssembly.Module`. */
  readonly modules: readonly object[];
  /** Names of the kernels in the order of their indices in calls. */
  readonly names: readonly string[];
  readonly bytes: number;
}

/** Values at an address. */
export interface Block {
  readonly address: Address;
  readonly values: ArrayBufferView<ArrayBuffer>;
}

/** Calls of kernels, with the blocks to write before and to read after them. */
export interface TaskMessage {
  readonly write: readonly Block[];
  readonly calls: Float64Array<ArrayBuffer>;
  readonly read: readonly { readonly address: Address; readonly bytes: number }[];
}

/** The answer to each message, in the order of the messages. */
export interface Answer {
  /** Results of the calls; NaN where a kernel returns nothing. Undefined after a setup. */
  readonly results?: Float64Array<ArrayBuffer>;
  readonly blocks?: readonly ArrayBuffer[];
  /** Milliseconds that the task took. */
  readonly milliseconds?: number;
  /** The message of an error. The other properties are then absent. */
  readonly error?: string;
}

const argumentList = (): string => Array.from({ length: MAX_ARGUMENTS }, (_, i) => `calls[at + ${i + 1}]`).join(', ');

export const runnerText = (): string => `"use strict";
const port = typeof self === 'object' && self.postMessage ? self : process.getBuiltinModule('node:worker_threads').parentPort;
let memory, functions;
const setUp = ({ modules, names, bytes }) => {
  memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
  const instances = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }));
  const kernels = Object.assign({}, ...instances.map(({ exports }) => exports));
  functions = names.map((name) => kernels[name]);
  return {};
};
const run = ({ write, calls, read }) => {
  const begin = performance.now();
  const { buffer } = memory;
  const bytes = new Uint8Array(buffer);
  for (const { address, values } of write)
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), address);
  const results = new Float64Array(calls.length / ${CALL_NUMBERS});
  for (let i = 0, at = 0; at < calls.length; at += ${CALL_NUMBERS}) results[i++] = functions[calls[at]](${argumentList()});
  const blocks = read.map(({ address, bytes }) => buffer.slice(address, address + bytes));
  return { results, blocks, milliseconds: performance.now() - begin };
};
port.onmessage = ({ data }) => {
  let answer;
  try {
    answer = data.calls ? run(data) : setUp(data);
  } catch (error) {
    answer = { error: String(error) };
  }
  port.postMessage(answer, [...(answer.blocks ?? []), ...(answer.results ? [answer.results.buffer] : [])]);
};`;
