import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BitCoder } from '../reference/bit.ts';
import { codeBytes, type Picture, sizeOf } from '../reference/bytes.ts';
import { noise } from './harness.ts';
import { ByteCoder } from './residual-coders.ts';

const pictures: readonly Picture[] = [
  { height: 12, width: 9, channels: 1 },
  { height: 1, width: 70, channels: 1 },
  { height: 5, width: 6, channels: 3 },
  { height: 3, width: 1, channels: 9 },
  { height: 1, width: 1, channels: 1 },
];

/** Strokes on nothing, and a pixel of any value now and then. */
function strokes(count: number, seed: number): Uint8Array {
  const random = noise(count, seed);
  return Uint8Array.from(random, (v, i) => (v > 0.9 ? 2550 * (v - 0.9) : Math.sin(i / 5 + seed) > 0.6 ? 255 : 0));
}

describe('bytes', () => {
  it('are the bytes of the twin, block after block, and come back', () => {
    for (const picture of pictures) {
      const [there, back] = [new ByteCoder(), new ByteCoder()];
      let [writer, reader]: (BitCoder | undefined)[] = [];
      for (const rows of [4, 1, 7]) {
        const name = JSON.stringify({ ...picture, rows });
        const x = strokes(rows * sizeOf(picture), rows);
        const twin = codeBytes(picture, rows, x.slice(), false, writer);
        writer = twin.coder;
        const { used, stream } = there.run(picture, rows, x, false);
        assert.deepEqual(stream, twin.bytes, name);
        const y = back.run(picture, rows, stream, true);
        assert.deepEqual(y.values, x, name);
        assert.ok(y.used >= used && y.used <= used + 4, name);
        const other = codeBytes(picture, rows, stream, true, reader);
        reader = other.coder;
        assert.deepEqual(other.bytes, x, name);
      }
    }
  });

  it('that nobody wrote end in values, those of the twin', () => {
    const picture = pictures[2]!;
    for (let seed = 1; seed < 20; seed++) {
      const stream = Uint8Array.from(noise(seed * 5, seed), (v) => 128 + 127 * v);
      const { used, values } = new ByteCoder().run(picture, 3, stream, true);
      assert.ok(used >= 4);
      assert.deepEqual(values, codeBytes(picture, 3, stream, true).bytes, `seed ${seed}`);
    }
  });

  it('a stream without room is refused, not written', () => {
    const x = Uint8Array.from(noise(400, 3), (v) => 128 + 127 * v);
    assert.equal(new ByteCoder().run({ height: 1, width: 400, channels: 1 }, 1, x, false, 200).used, -2);
  });
});
