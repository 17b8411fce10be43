// Models and samples for the tests of isthmus/c: weights without zeros and ones as initial values, samples with unusual floats.

import { toC } from '../../src/c/index.ts';
import type { COptions } from '../../src/c/to-c.ts';
import type * as isthmus from '../../src/index.ts';
import { symmetricFromSeed } from '../../tools/linear-congruential.ts';
import { sameBits } from '../suites/assert.ts';
import { type CCase, runC, type Toolchain } from './compile.ts';

type Model = Awaited<ReturnType<typeof isthmus.autoencoder>>;

/** Zeros of both signs, subnormal and extreme floats. */
export const unusual = [
  0, -0, 1e-45, -1e-45, 1e-39, -1e-39, 1e-30, 0.5, -0.5, 1.5, -2.5, 87.4, -87.4, 88.1, -104, 3e38, -3e38,
];

/** `count` floats about 0; with `special`, each third one is 0, -0 or subnormal. */
export function samples(count: number, seed: number, special = true): Float32Array {
  const random = symmetricFromSeed(seed);
  return Float32Array.from({ length: count }, (_, i) => {
    const value = 4 * random();
    return special && i % 3 === 1 ? unusual[(i + seed) % 6]! : value;
  });
}

/** Sets each weight to random values. Variances and deviations are above 0, except one deviation of 0. */
export function randomizeWeights(model: Model, seed: number): void {
  const entries = Object.entries(model.weights).map(([path, { shape, data }], index) => {
    const random = symmetricFromSeed(seed + index);
    const isKernel = /kernel/i.test(path);
    const values = data.map((v) => {
      if (isKernel) return v * 1.5 + 0.02 * random();
      return /variance|deviation|gamma/i.test(path) ? 0.7 + 0.6 * random() : random();
    });
    if (/\.deviation$/.test(path) && values.length > 2) values[1] = 0;
    return [path, { shape, data: values }] as const;
  });
  model.setWeights(Object.fromEntries(entries));
}

/** A comparison of a model with its C file. */
export interface Comparison {
  readonly title: string;
  /** The model that gives the expected results. */
  readonly model: Model;
  /** The model that is written as C. Default `model`. */
  readonly written?: Model;
  /** Samples for `encode`, `reconstruct` and `predict`. */
  readonly x: Float32Array;
  readonly options?: COptions;
}

interface Expected {
  readonly title: string;
  readonly values: Float32Array;
}

const sizes: Readonly<Record<string, readonly [string, string]>> = {
  encode: ['INPUT_SIZE', 'CODE_SIZE'],
  decode: ['CODE_SIZE', 'OUTPUT_SIZE'],
  reconstruct: ['INPUT_SIZE', 'OUTPUT_SIZE'],
  predict: ['INPUT_SIZE', 'OUTPUT_SIZE'],
};

/** The file of a comparison, with calls of all its functions; and the results of the model, one sample at a time. */
export function caseOf(
  { title, model, written = model, x, options = {} }: Comparison,
  name: string,
): { item: CCase; expected: Expected[] } {
  const source = toC(written, { ...options, name });
  const functions = Object.keys(sizes).filter((verb) => source.includes(`void ${name}_${verb}(`));
  const expected: Expected[] = [];
  const code = model.encode(x);
  const calls = functions.map((verb) => {
    const input = verb === 'decode' ? code : x;
    const size = input.length / (x.length / model.inputShape.reduce((a, b) => a * b, 1));
    const results: number[] = [];
    for (let at = 0; at < input.length; at += size)
      results.push(...model[verb as 'encode'](input.subarray(at, at + size)));
    expected.push({ title: `${title}, ${verb}`, values: Float32Array.from(results) });
    return { function: verb, sizes: sizes[verb]!, input };
  });
  return { item: { name, source, calls }, expected };
}

/** Compiles all files into one program and compares each result to the bit. */
export function compareBits(comparisons: readonly Comparison[], toolchain: Toolchain): void {
  const cases = comparisons.map((comparison, i) => caseOf(comparison, `m${i}`));
  const results = runC(
    cases.map(({ item }) => item),
    toolchain,
  );
  cases
    .flatMap(({ expected }) => expected)
    .forEach(({ title, values }, i) => {
      sameBits(results[i]!, values, title);
    });
}
