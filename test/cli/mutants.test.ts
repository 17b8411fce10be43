// Mutants of files of each format: a reader returns data or refuses them with a message, within bounded memory.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { zipSync } from 'fflate';
import { FormatError, writeSafetensors } from 'isthmus';
import jpeg from 'jpeg-js';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { Failure } from '../../cli/errors.ts';
import { decodeDataset } from '../../cli/formats/read.ts';
import { writeWav } from '../../cli/formats/wav.ts';
import { barPictures, npyBytes, tableText } from './data.ts';

const values = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i));
const npy = npyBytes('<f8', [15, 4], values);

const seeds: Readonly<Record<string, Uint8Array>> = {
  'x.npy': npy,
  'x.npz': zipSync({ 'x.npy': npy, 'y.npy': npy.subarray(0, 150) }),
  'x.idx': barPictures(8),
  'x.csv': new TextEncoder().encode(tableText(15)),
  'x.json': new TextEncoder().encode('[[1,2.5,null],[4,5,6]]'),
  'x.png': encodePng({ width: 9, height: 7, channels: 4, data: new Uint8Array(252).map((_, i) => i) }),
  'x.jpg': jpeg.encode({ width: 20, height: 12, data: new Uint8Array(960).map((_, i) => i) }, 80).data,
  'x.wav': writeWav({ rate: 8000, channels: 2, sampleType: '16', data: new Float32Array(64).fill(0.25) }),
  'x.safetensors': writeSafetensors({ x: { shape: [4, 4], data: new Float32Array(16) } }),
  'x.parquet': readFileSync(new URL('../vectors/parquet/readings.parquet', import.meta.url)),
  'x.npy.gz': gzipSync(npy),
};

/** A mutant of Parquet costs a thread, and up to five seconds. */
const countOf = (name: string): number => (name === 'x.parquet' ? 60 : 300);

describe('mutants', () => {
  for (const [name, seed] of Object.entries(seeds))
    it(`of ${name} are read or refused`, async (t) => {
      const random = xoroshiro128plus(name.length * 7919 + seed.length);
      const below = (limit: number): number => (random.next() >>> 0) % limit;
      let refused = 0;
      const count = countOf(name);
      for (let i = 0; i < count; i++) {
        const mutant = Uint8Array.from(seed.subarray(0, below(4) ? seed.length : below(seed.length)));
        // Most formats say their sizes at the start or at the end.
        for (let k = below(4); k >= 0 && mutant.length > 0; k--) {
          const range = Math.min(mutant.length, below(2) ? 64 : mutant.length);
          const at = below(3) ? below(range) : mutant.length - 1 - below(range);
          mutant[at] = [0, 255, 127, 128, below(256)][below(5)]!;
        }
        try {
          await decodeDataset(mutant, name);
        } catch (error) {
          refused++;
          const isRefusal = error instanceof Failure || error instanceof FormatError || error instanceof RangeError;
          assert.ok(isRefusal, `mutant ${i}: ${(error as Error).stack}`);
          assert.notEqual((error as Error).message, '');
        }
      }
      t.diagnostic(`${refused} of ${count} refused`);
    });
});
