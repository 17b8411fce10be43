// Decodes a module from its text form: README.md describes the format. The decoder is itself a small module, assembly/text/decode.ts:
// a loop over 14,000 characters takes 0.2 ms in WebAssembly, and 2 to 20 ms in JavaScript that the engine has not optimized yet.

import { compileError, missingModule } from '../module-errors.ts';
import { RELAXED } from './alphabet.ts';
import { decoderCode } from './decoder.gen.ts';

/** Address of the text. The tables of the decoder are before it. */
const TEXT = 1024;
const PAGE = 65536;
/** The first four bytes of a module, as text. */
const MAGIC = /^!?#}\(}:}4/;

type Decode = (text: number, end: number, out: number, relaxed: number) => number;

let decoder: WebAssembly.Module | undefined;

/** The bytes of pairs of hexadecimal digits. Uint8Array.fromHex: Chrome 140, Firefox 133, Safari 18.2, Node 25. */
function hexadecimalBytes(text: string): Uint8Array<ArrayBuffer> {
  const { fromHex } = Uint8Array as { fromHex?: (text: string) => Uint8Array<ArrayBuffer> };
  return (
    fromHex?.call(Uint8Array, text) ?? Uint8Array.from(text.match(/../g) as string[], (byte) => parseInt(byte, 16))
  );
}

/** Instantiates the decoder on a memory. Errors: UnsupportedError where compiling is forbidden. */
function decoderOn(memory: WebAssembly.Memory): Decode {
  try {
    decoder ??= new WebAssembly.Module(hexadecimalBytes(decoderCode.join('')));
    return new WebAssembly.Instance(decoder, { env: { memory } }).exports.decode as Decode;
  } catch (error) {
    throw compileError(error);
  }
}

/** Writes text of ASCII characters. AudioWorklets, and Jest with jsdom, have no TextEncoder. */
function writeText(text: string, bytes: Uint8Array<ArrayBuffer>): void {
  if (typeof TextEncoder === 'function') new TextEncoder().encodeInto(text, bytes);
  else for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
}

/** The bytes of a module. Errors: TypeError for a text that is no module; UnsupportedError where compiling is forbidden. */
export function decodeText(text: string): Uint8Array<ArrayBuffer> {
  // Some bundlers replace the module by the path of its file.
  if (!MAGIC.test(text)) throw missingModule(text);
  const relaxed = Number(text[0] === RELAXED);
  const end = TEXT + text.length;
  // A character becomes three bytes at most.
  const memory = new WebAssembly.Memory({ initial: Math.ceil((end + 3 * text.length) / PAGE) });
  const decode = decoderOn(memory);
  const bytes = new Uint8Array(memory.buffer as ArrayBuffer);
  writeText(text, bytes.subarray(TEXT));
  return bytes.slice(end, decode(TEXT + relaxed, end, end, relaxed));
}
