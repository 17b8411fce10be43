// Every truncation and every flipped bit of the golden files (every 7th of a codec's file), and a short run of `npm run fuzz`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FormatError, loadCodec } from 'isthmus';
import { fuzz } from '../fuzz/fuzz.ts';
import { cases } from '../golden/cases.ts';

const golden = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url)));

const flipped = (bytes: Uint8Array<ArrayBuffer>, bit: number): Uint8Array<ArrayBuffer> => {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};

/** The code of the FormatError that `read` must end in. */
async function codeOf(read: () => unknown): Promise<string> {
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error.code;
  }
  return 'none';
}

describe('damage', () => {
  for (const name of Object.keys(cases)) {
    it(`of compressed data is always found: ${name}`, async () => {
      const codec = await loadCodec(golden(`${name}.codec.safetensors`));
      const bytes = golden(`${name}.compressed`);
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        for (const read of [() => codec.decompress(cut), () => codec.open(cut)])
          assert.equal(await codeOf(read), 'truncated', `${length} bytes`);
      }
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const code = await codeOf(() => codec.decompress(flipped(bytes, bit)));
        // The rank says where the header ends, the bytes of a payload where the block does.
        assert.ok(code === 'corrupt' || (bit >> 3 === 7 && code === 'truncated'), `bit ${bit}: ${code}`);
      }
    });

    it(`of a codec's file gives an error, or a codec that reads the same: ${name}`, async () => {
      const file = golden(`${name}.codec.safetensors`);
      const bytes = golden(`${name}.compressed`);
      const values = (await loadCodec(file)).decompress(bytes);
      for (let length = 0; length < file.length; length++)
        assert.notEqual(await codeOf(() => loadCodec(file.subarray(0, length))), 'none', `${length} bytes`);
      for (let bit = 0; bit < 8 * file.length; bit += 7) {
        const read = async (): Promise<void> =>
          assert.deepEqual((await loadCodec(flipped(file, bit))).decompress(bytes), values, `bit ${bit}`);
        await codeOf(read);
      }
    });
  }

  it('of any kind, checksums made right again among it, gives a result or a FormatError', async () => {
    const { mutants, results, errors } = await fuzz(10_000, 5);
    assert.equal(mutants, 10_000);
    // Both sides are reached.
    assert.ok(results > 300, `${results}`);
    for (const code of ['truncated', 'corrupt', 'version', 'model', 'limit']) assert.ok(errors[code]! > 0, code);
  });
});
