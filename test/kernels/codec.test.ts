// Checksum, entropy coder and quantisation against their obvious twins.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { storeTables, tableBytes } from '../../src/codec/modes/quantized/memory.ts';
import { roundingThresholds } from '../../src/codec/modes/quantized/rounding-threshold.ts';
import { type ChannelTable, FREQUENCY_TOTAL } from '../../src/codec/modes/quantized/tables.ts';
import { crc32c } from '../reference/crc32c.ts';
import * as twin from '../reference/rans.ts';
import { Bench, noise } from './harness.ts';

/** A table of `count` symbols whose frequencies fall off from the middle; `share` is about that of the escape. */
function table(count: number, share: number, seed: number, shift = 0, low = -(count >> 1)): ChannelTable {
  const random = noise(2 * count + 1, seed);
  const weights = Array.from({ length: count }, (_, s) => Math.exp(-Math.abs(s - count / 2) / 3) + 1e-9);
  const sum = weights.reduce((total, w) => total + w, 0);
  const room = FREQUENCY_TOTAL - count - 1 - Math.floor(share * (FREQUENCY_TOTAL - count - 1));
  const frequencies = weights.map((w) => 1 + Math.floor((w / sum) * room));
  const rest = FREQUENCY_TOTAL - frequencies.reduce((total, f) => total + f, 0);
  return {
    step: Math.fround(0.1 + Math.abs(random[count]!)),
    shift,
    low,
    frequencies: [...frequencies, rest],
  };
}

/** Symbols as likely as a table says. */
const drawn = ({ frequencies }: ChannelTable, n: number, seed: number): number[] =>
  Array.from(noise(n, seed), (v) => {
    let slot = Math.floor(((v + 1) / 2) * FREQUENCY_TOTAL);
    return frequencies.findIndex((f) => {
      slot -= f;
      return slot < 0;
    });
  });

const bytesAt = (bench: Bench, at: number, count: number): Uint8Array => new Uint8Array(bench.memory.buffer, at, count);

function placed(bench: Bench, tables: readonly ChannelTable[]): number {
  const at = bench.put(new Float32Array(tableBytes(tables) / 4));
  storeTables(bench.memory.buffer, at, tables);
  return at;
}

describe('CRC-32C', () => {
  it('is that of RFC 3720, and of its twin at any length and place, in one piece or two', () => {
    const bench = new Bench('strict');
    const scratch = bench.put(new Float32Array(2048));
    const at = bench.put(new Float32Array(300));
    const crc = (input: Uint8Array, offset = 0, previous = 0): number => {
      bytesAt(bench, at + offset, input.length).set(input);
      const result = bench.kernels.crc32c(at + offset, input.length, previous, scratch) >>> 0;
      bench.checkGuards();
      return result;
    };
    // RFC 3720, B.4: 32 bytes of zeros, of ones, rising and falling.
    assert.equal(crc(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assert.equal(crc(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
    assert.equal(crc(new TextEncoder().encode('123456789')), 0xe3069283);
    const bytes = Uint8Array.from(noise(1000, 3), (v) => v * 128 + 128);
    for (const length of [0, 1, 7, 8, 9, 64, 999])
      for (const shift of [0, 1, 3]) {
        const part = bytes.subarray(0, length);
        assert.equal(crc(part, shift), crc32c(part));
        const cut = length >> 1;
        assert.equal(crc(part.slice(cut), shift, crc(part.slice(0, cut))), crc32c(part));
      }
  });
});

describe('the entropy coder', () => {
  const shapes = [[1, 1], [1, 7], [3, 1], [5, 4], [2, 255], [7, 30], [4, 1000]] as const; // biome-ignore format: pairs

  it('writes the words of its twin and reads its symbols back, whatever the table', () => {
    for (const [channels, n] of shapes)
      for (const count of [1, 2, 14, 15, 16, 17, 31, 200, 255]) {
        const tables = Array.from({ length: channels }, (_, c) => table(count, c ? 0.01 : 0, c + count));
        const symbols = tables.map((t, c) => drawn(t, n, c + 1));
        const bench = new Bench('strict');
        const at = placed(bench, tables);
        const from = bench.put(new Float32Array(Math.ceil((channels * n) / 4) + 1));
        bytesAt(bench, from, channels * n).set(symbols.flat());
        const states = bench.put(new Float32Array(4));
        new Uint32Array(bench.memory.buffer, states, 4).fill(2 ** 16);
        const words = bench.put(new Float32Array(Math.ceil((channels * n) / 2) + 2));
        const end = words + 2 * channels * n + 2;
        const start = bench.kernels.ransEncode(end, from, n, channels, at, states);
        bench.checkGuards();
        const expected = twin.encode(
          symbols,
          tables.map((t) => t.frequencies),
        );
        const name = `${channels} × ${n}, ${count} symbols`;
        const written = [...new Uint16Array(bench.memory.buffer.slice(start, end))];
        assert.deepEqual(written, expected.words, name);
        assert.deepEqual([...new Uint32Array(bench.memory.buffer, states, 4)], expected.states, name);
        assert.deepEqual(
          twin.decode(
            expected,
            tables.map((t) => t.frequencies),
            n,
          ).symbols,
          symbols,
          name,
        );
        const to = bench.put(new Float32Array(Math.ceil((channels * n) / 4)));
        assert.equal(bench.kernels.ransDecode(to, n, channels, at, states, start, end), end, name);
        bench.checkGuards();
        assert.deepEqual([...bytesAt(bench, to, channels * n)], symbols.flat(), name);
        assert.deepEqual([...new Uint32Array(bench.memory.buffer, states, 4)], [65536, 65536, 65536, 65536]);
      }
  });

  it('needs at most a thousandth more than the entropy of its tables', () => {
    for (const [count, share] of [
      [2, 0],
      [12, 0.001],
      [40, 0],
      [255, 0.01],
    ] as const) {
      const t = table(count, share, 5);
      const symbols = [drawn(t, 200_000, 9)];
      const bits = symbols[0]!.reduce((sum, s) => sum - Math.log2(t.frequencies[s]! / FREQUENCY_TOTAL), 0);
      const bench = new Bench('strict');
      const at = placed(bench, [t]);
      const from = bench.put(new Float32Array(50_000));
      bytesAt(bench, from, 200_000).set(symbols[0]!);
      const states = bench.put(new Float32Array(4));
      new Uint32Array(bench.memory.buffer, states, 4).fill(2 ** 16);
      const end = bench.put(new Float32Array(100_001)) + 400_004;
      const start = bench.kernels.ransEncode(end, from, 200_000, 1, at, states);
      const ratio = (8 * (end - start)) / bits;
      assert.ok(ratio < 1.001, `${count} symbols: ${ratio}`);
    }
  });

  it('stops at the end of any words, and touches nothing else', () => {
    const tables = [table(5, 0.1, 1), table(200, 0.1, 2)];
    for (let seed = 1; seed < 200; seed++) {
      const bench = new Bench('strict');
      const at = placed(bench, tables);
      const states = bench.put(new Float32Array(4));
      new Uint32Array(bench.memory.buffer, states, 4).set(noise(4, seed).map((v) => (v + 1) * 2 ** 31));
      const n = 1 + (seed % 50);
      const to = bench.put(new Float32Array(Math.ceil((2 * n) / 4)));
      const words = bench.put(new Float32Array(8));
      bytesAt(bench, words, 32).set(noise(32, seed + 1).map((v) => v * 128 + 128));
      const end = words + (seed % 24);
      const p = bench.kernels.ransDecode(to, n, 2, at, states, words, end);
      bench.checkGuards();
      assert.ok(p === 0 || (p >= words && p <= end));
      for (const [c, t] of tables.entries())
        if (p) assert.ok(bytesAt(bench, to + c * n, n).every((s) => s < t.frequencies.length));
    }
  });
});

/** What quantisation writes, by its definition. */
function quantized(z: ArrayLike<number>, tables: readonly ChannelTable[], n: number) {
  const symbols: number[] = [];
  const escapes: number[] = [];
  const bits: number[] = [];
  const values = new Float32Array(n * tables.length);
  tables.forEach((t, c) => {
    const count = t.frequencies.length - 1;
    const limits = t.shift ? undefined : roundingThresholds(t);
    for (let i = 0; i < n; i++) {
      const u = Math.fround(z[i * tables.length + c]! / t.step);
      const most = 2 ** 29;
      let q = Number.isNaN(u) ? -most : Math.max(-most, Math.min(most, Math.floor(u)));
      const place = Math.max(0, Math.min(count, q - t.low + 1));
      if (u < most && u > -most && Math.fround(u - q) >= (limits ? limits[place]! : 0.5)) q++;
      const high = Math.floor(q / 2 ** t.shift);
      for (let b = 0; b < t.shift; b++) bits.push(Math.floor(q / 2 ** b) & 1);
      const inside = high >= t.low && high < t.low + count;
      symbols.push(inside ? high - t.low : count);
      if (!inside) {
        let distance = high < t.low ? 2 * (t.low - 1 - high) + 1 : 2 * (high - t.low - count);
        for (; distance > 127; distance = Math.floor(distance / 128)) escapes.push((distance % 128) + 128);
        escapes.push(distance);
      }
      values[i * tables.length + c] = q * t.step + 0;
    }
  });
  const packed = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    bits.slice(8 * i, 8 * i + 8).reduce((byte, bit, b) => byte + bit * 2 ** b, 0),
  );
  return { symbols, escapes, bits: packed, values };
}

describe('quantisation', () => {
  it('is its definition, for any value, and what comes back is what the tables say', () => {
    for (const n of [1, 5, 33])
      for (const [i, tables] of [
        [table(9, 0.01, 1)],
        [table(1, 1, 2), table(3, 0.1, 3), table(100, 0, 4), table(40, 0.1, 5, 0, 7)],
        [table(20, 0.1, 6, 3), table(1, 1, 7, 22, 0), table(7, 0, 8, 0, -20), table(200, 0, 9, 11, -90)],
      ].entries()) {
        const z = noise(n * tables.length, n + i).map((v, j) => v * [1, 5, 30, 1e4, 1e12][j % 5]!);
        if (n > 5) z.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 3e38, -3e38, 1e-40], 3);
        const expected = quantized(z, tables, n);
        const bench = new Bench('strict');
        const at = placed(bench, tables);
        const from = bench.put(z);
        const symbols = bench.put(new Float32Array(Math.ceil(z.length / 4)));
        const bits = bench.put(new Float32Array(Math.ceil(expected.bits.length / 4) + 2));
        const escapes = bench.put(new Float32Array(Math.ceil((5 * z.length) / 4)));
        const end = bench.kernels.quantize(symbols, bits, escapes, from, n, tables.length, at);
        bench.checkGuards();
        assert.deepEqual([...bytesAt(bench, symbols, z.length)], expected.symbols);
        assert.deepEqual([...bytesAt(bench, escapes, end - escapes)], expected.escapes);
        assert.deepEqual([...bytesAt(bench, bits, expected.bits.length)], expected.bits);
        const back = bench.put(new Float32Array(z.length));
        const read = bench.kernels.dequantize(back, symbols, bits, escapes, end, n, tables.length, at);
        assert.equal(read, end);
        assert.deepEqual(bench.get(back, z.length), expected.values);
        if (end > escapes)
          assert.equal(bench.kernels.dequantize(back, symbols, bits, escapes, end - 1, n, tables.length, at), 0);
      }
  });
});
