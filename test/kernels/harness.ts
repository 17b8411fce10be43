// Kernels on a bare memory, with guards before and behind every block, looked at after every call of a kernel.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import modules from '../../assembly/modules.json' with { type: 'json' };
import type { Kernels } from '../../src/wasm/kernels.ts';
import { symmetricFromSeed } from '../../tools/linear-congruential.ts';

export const flavours = ['strict', 'relaxed'] as const;
export type Flavour = (typeof flavours)[number];

const module = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../../dist/wasm/${name}.wasm`, import.meta.url)));
/** All modules in a flavour; in `strict` where a module has no other. */
const modulesIn = (flavour: Flavour): WebAssembly.Module[] =>
  Object.entries(modules).map(([name, list]) => module(`${name}.${list.includes(flavour) ? flavour : 'strict'}`));
const compiled = { strict: modulesIn('strict'), relaxed: modulesIn('relaxed') };

/** All functions of all modules, on this memory. */
export const kernelsOn = (
  flavour: Flavour,
  memory: WebAssembly.Memory,
): Record<string, (...args: number[]) => unknown> =>
  Object.assign({}, ...compiled[flavour].map((one) => new WebAssembly.Instance(one, { env: { memory } }).exports));

const GUARD = 0x7fc0dead;
/** Words that stand before and behind a block. */
const GUARDS = 4;

export class Bench {
  readonly kernels: Kernels;
  readonly memory = new WebAssembly.Memory({ initial: 64 });
  readonly scratch = 64;
  /** Names of the kernels that were called. */
  readonly called = new Set<string>();
  #end = 65536;
  #guards: number[] = [];

  constructor(flavour: Flavour) {
    const all = Object.entries(kernelsOn(flavour, this.memory));
    this.kernels = Object.fromEntries(
      all.map(([name, kernel]) => [
        name,
        (...args: number[]) => {
          this.called.add(name);
          const result = kernel(...args);
          this.checkGuards(name);
          return result;
        },
      ]),
    ) as unknown as Kernels;
  }

  /** A block of floats with these values between guards. `shift` moves it off its alignment. */
  put(values: ArrayLike<number>, shift = 0): number {
    const address = this.#end + 4 * GUARDS + shift;
    const guard = address + 4 * values.length;
    const missing = guard + 4 * GUARDS - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    new Float32Array(this.memory.buffer, address, values.length).set(values);
    for (const first of [address - 4 * GUARDS, guard]) {
      new Uint32Array(this.memory.buffer, first, GUARDS).fill(GUARD);
      this.#guards.push(first);
    }
    this.#end = Math.ceil((guard + 4 * GUARDS) / 16) * 16;
    return address;
  }

  get(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count).slice();
  }

  checkGuards(name = 'a kernel'): void {
    for (const first of this.#guards)
      for (const word of new Uint32Array(this.memory.buffer, first, GUARDS))
        assert.equal(word, GUARD, `${name} wrote before or behind a block`);
  }
}

/** Numbers in (-1, 1), the same in every run. */
export function noise(count: number, seed = 1): Float32Array {
  const next = symmetricFromSeed(seed * 747796405 + 1);
  return Float32Array.from({ length: count }, next);
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
