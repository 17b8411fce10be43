// The text form of the modules, against its twin.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as sources from '#wasm';
import { cachedModule } from '../../src/wasm/load.ts';
import { decodeText } from '../../src/wasm/text/decode.ts';
import { decoderCode } from '../../src/wasm/text/decoder.gen.ts';
import * as twin from '../reference/decode-text.ts';

const texts = Object.entries(sources) as [string, string][];

describe('modules as text', () => {
  it('are decoded to the bytes of the twin', () => {
    assert.ok(texts.length > 9);
    for (const [name, text] of texts) assert.deepEqual(decodeText(text), twin.decodeText(text), name);
  });

  it('are decoded to the same bytes where the runtime has neither TextEncoder nor Uint8Array.fromHex', async () => {
    const { TextEncoder: encoder } = globalThis;
    const { fromHex } = Uint8Array as { fromHex?: unknown };
    Object.assign(globalThis, { TextEncoder: undefined });
    Object.assign(Uint8Array, { fromHex: undefined });
    try {
      // Another address: a module that has not compiled the decoder yet.
      const fresh = (await import(`${import.meta.resolve('../../src/wasm/text/decode.ts')}?fresh`)) as {
        decodeText: typeof decodeText;
      };
      const [name, text] = texts[0]!;
      assert.deepEqual(fresh.decodeText(text), twin.decodeText(text), name);
    } finally {
      Object.assign(globalThis, { TextEncoder: encoder });
      Object.assign(Uint8Array, { fromHex });
    }
  });

  it('that a bundler has replaced by a path are refused', async () => {
    for (const path of ['/assets/infer.strict-Buu1tP9t.wasm', 'data:application/wasm;base64,AGFzbQ', '', 'utut'])
      await assert.rejects(cachedModule(path), /"#wasm" expected a WebAssembly.Module/);
  });

  it('have a decoder below 4 KB, which earlier versions of Chromium compile on the main thread', () => {
    assert.ok(decoderCode.join('').length / 2 < 4096);
  });
});
