// The streams of random numbers: no two uses share a stream, up to the largest numbers of layers, corruptions and chunks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as randomStreams from '../../src/core/random-streams.ts';

type Range = readonly [name: string, first: number, last: number];

const { MIXTURE_STRIDE, PER_SAMPLE_STREAM, ...streams } = randomStreams;
const { weights, shuffle, sample, mixture, bound, pick, corruption, augment, contraction, layers } = streams;
/** Upper bounds of the numbers of nodes, weights, chunks, corruptions and drawn codes: more than fit into memory. */
const MANY = 2 ** 20;
/** A mixture of 64 corruptions, at any index of the list of corruptions. */
const CORRUPTIONS = MIXTURE_STRIDE * 65;

const once: Range[] = [
  ['weights', weights, weights + MANY],
  ['shuffle', shuffle, shuffle + MANY],
  ['sample', sample, sample + MANY],
  ['mixture of codes', mixture, mixture + MANY],
  ['bound', bound, bound + MANY],
  ['pick', pick, pick + MANY],
  ['corruption', corruption, corruption + CORRUPTIONS],
  ['augment', augment, augment + MIXTURE_STRIDE],
  ['contraction', contraction, contraction + 1024],
  ['layers', layers, layers + MANY],
];
const perSample: Range[] = once
  .filter(([name]) => ['corruption', 'augment', 'layers'].includes(name))
  .map(([name, first, last]) => [`${name}, per sample`, first + PER_SAMPLE_STREAM, last + PER_SAMPLE_STREAM]);

/** The first two ranges that overlap. */
function overlap(ranges: readonly Range[]): string | undefined {
  const sorted = [...ranges].sort((a, b) => a[1] - b[1]);
  const i = sorted.findIndex(([, first], index) => index > 0 && first <= sorted[index - 1]![2]);
  return i < 0 ? undefined : `${sorted[i - 1]![0]} and ${sorted[i]![0]}`;
}

describe('streams of random numbers', () => {
  it('are disjoint and are 32-bit numbers', () => {
    const ranges = [...once, ...perSample];
    assert.equal(once.length, Object.keys(streams).length);
    assert.equal(overlap([...ranges, ['another', augment + 1, augment + 1]]), 'augment and another');
    assert.equal(overlap(ranges), undefined);
    for (const [name, , last] of ranges) assert.ok(last < 2 ** 31, name);
  });

  it('are disjoint for a mixture at each index of the list of corruptions', () => {
    assert.ok(corruption + CORRUPTIONS < augment);
  });
});
