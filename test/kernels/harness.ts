// Kernels on a bare memory, with guards behind every block that a kernel must not touch.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Kernels } from '../../src/wasm/kernels.ts';

export const flavours = ['strict', 'relaxed'] as const;
export type Flavour = (typeof flavours)[number];

const module = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../../dist/wasm/${name}.wasm`, import.meta.url)));
const modules = Object.fromEntries(
  flavours.map((flavour) => [
    flavour,
    [
      module(`infer.${flavour}`),
      module(`train.${flavour}`),
      module(`convolution.${flavour}`),
      module('corrupt.strict'),
      module('latent.strict'),
      module('codec.strict'),
      module('residual.strict'),
    ],
  ]),
) as Record<Flavour, WebAssembly.Module[]>;

const GUARD = 0x7fc0dead;

export class Bench {
  readonly kernels: Kernels;
  readonly memory = new WebAssembly.Memory({ initial: 64 });
  readonly scratch = 64;
  #end = 65536;
  #guards: number[] = [];

  constructor(flavour: Flavour) {
    const exports = modules[flavour].map((m) => new WebAssembly.Instance(m, { env: { memory: this.memory } }).exports);
    this.kernels = Object.assign({}, ...exports);
  }

  /** A block of floats with these values, a guard word behind it. `shift` moves it off its alignment. */
  put(values: ArrayLike<number>, shift = 0): number {
    const address = this.#end + shift;
    new Float32Array(this.memory.buffer, address, values.length).set(values);
    const guard = address + 4 * values.length;
    new DataView(this.memory.buffer).setUint32(guard, GUARD, true);
    this.#guards.push(guard);
    this.#end = Math.ceil((guard + 4) / 16) * 16;
    return address;
  }

  get(address: number, count: number): Float32Array {
    this.checkGuards();
    return new Float32Array(this.memory.buffer, address, count).slice();
  }

  checkGuards(): void {
    const view = new DataView(this.memory.buffer);
    for (const guard of this.#guards)
      assert.equal(view.getUint32(guard, true), GUARD, 'a kernel wrote behind its block');
  }
}

/** Numbers in (-1, 1), the same in every run. */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed * 747796405 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** |actual - expected| <= absolute + relative · |expected| everywhere. */
export function within(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  absolute: number,
  relative: number,
  name: string,
): void {
  assert.equal(actual.length, expected.length, name);
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    const bound = absolute + relative * Math.abs(expected[i]!);
    assert.ok(error <= bound, `${name} at ${i}: expected ${expected[i]} ± ${bound}, got ${actual[i]}`);
  }
}
