// Every truncation and every flipped bit of the golden files (every 7th of a codec's file), and a short run of `npm run fuzz`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FormatError, loadCodec } from 'isthmus';
import { serializeTensors } from '../../src/files/safetensors.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import { redigest } from '../fuzz/mutate.ts';
import { cases } from '../golden/cases.ts';
import { crc32c } from '../reference/crc32c.ts';

const golden = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url)));

const flipped = (bytes: Uint8Array<ArrayBuffer>, bit: number): Uint8Array<ArrayBuffer> => {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};

/** The code of the FormatError that `read` throws, or 'none'. */
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
    it(`to compressed data is always found: ${name}`, async () => {
      const codec = await loadCodec(golden(`${name}.codec.safetensors`));
      const bytes = golden(`${name}.compressed`);
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        for (const read of [() => codec.decompress(cut), () => codec.open(cut)])
          assert.equal(await codeOf(read), 'truncated', `${length} bytes`);
      }
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const code = await codeOf(() => codec.decompress(flipped(bytes, bit)));
        // A wrong rank moves the end of the header.
        assert.ok(code === 'corrupt' || (bit >> 3 === 7 && code === 'truncated'), `bit ${bit}: ${code}`);
      }
    });

    it(`to a codec's file gives an error, or a codec that decompresses to the same values: ${name}`, async () => {
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

  it('of a number of samples that memory cannot hold gives a limit', async () => {
    const codec = await loadCodec(golden('plain-1.codec.safetensors'));
    const source = golden('plain-1.compressed');
    // Blocks of one byte that claim 65,535 samples of 12 values: 115 GB of values in 1.2 MB.
    const [count, rows] = [40_000, 65_535];
    const bytes = new Uint8Array(28 + 29 * count + 36);
    bytes.set(source.subarray(0, 28));
    const view = new DataView(bytes.buffer);
    const seal = (from: number, to: number): void => view.setUint32(to, crc32c(bytes.subarray(from, to)), true);
    const payload = crc32c([0]);
    for (let i = 0, at = 28; i < count; i++, at += 29) {
      view.setUint16(at, 0xb10c, true);
      view.setUint16(at + 2, rows, true);
      view.setUint32(at + 4, (i * rows) % 2 ** 32, true);
      view.setUint32(at + 8, 1, true);
      view.setUint32(at + 20, payload, true);
      seal(at, at + 24);
    }
    const end = bytes.length - 36;
    view.setUint16(end, 0xe0d5, true);
    view.setUint32(end + 4, count, true);
    view.setBigUint64(end + 8, BigInt(count * rows), true);
    seal(end, end + 32);
    assert.equal(await codeOf(() => codec.decompress(bytes)), 'limit');
  });

  it("to a codec's file with 100,000 nested lists gives an error", async () => {
    const list = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const layer = `${'{"type":"residual","layers":['.repeat(100_000)}${']}'.repeat(100_000)}`;
    const dense = '{"type":"flatten"}';
    const file = (model: string, codec: string): Uint8Array =>
      redigest(
        serializeTensors(new Map(), {
          format: 'isthmus-codec',
          version: '1',
          seed: '1',
          model,
          codec,
          digest: '00000000',
        }),
      );
    const spec = (encoder: string): string => `{"input":[3],"encoder":[${encoder}],"decoder":[${dense}]}`;
    assert.equal(await codeOf(() => loadCodec(file(spec(layer), '{"mode":"plain"}'))), 'limit');
    assert.equal(await codeOf(() => loadCodec(file(spec(dense), `{"mode":${list}}`))), 'version');
  });

  it('by 10,000 mutants, half of them with correct checksums, gives a result or a FormatError', async () => {
    const { mutants, results, errors } = await fuzz(10_000, 5);
    assert.equal(mutants, 10_000);
    // Mutants have led to results and to each code.
    assert.ok(results > 300, `${results}`);
    for (const code of ['truncated', 'corrupt', 'version', 'model', 'limit']) assert.ok(errors[code]! > 0, code);
  });
});
