// Compressed data and the codec's file, written in one runtime and read in another.

import { type Isthmus, numbers, sheetSamples } from './assert.ts';

export const digest = async (bytes: ArrayBufferView): Promise<string> => {
  const copy = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', copy));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** A codec's file and compressed bytes as base64, and the SHA-256 of the decompressed values. */
export interface CompressedData {
  readonly codec: string;
  readonly bytes: string;
  readonly values: string;
}

const base64Of = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Trains a model on pictures, and compresses other pictures in every mode. */
export async function compressInAllModes(i: Isthmus): Promise<Record<string, CompressedData>> {
  const input = [8, 8, 1];
  const spec = {
    input,
    encoder: [
      i.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' as const, activation: 'relu' as const }),
      i.flatten(),
      i.dense({ units: 3, activation: 'tanh' as const }),
    ],
    decoder: [i.dense({ units: 64, activation: 'sigmoid' as const }), i.reshape({ targetShape: input })],
  };
  const model = await i.autoencoder(spec, { seed: 11 });
  const x = sheetSamples(300, 64);
  await i.fit(model, x, { epochs: 3, deterministic: true });
  // Added noise, so that the bounded mode codes residuals of every size.
  const noise = numbers(100 * 64, 5);
  const floats = sheetSamples(100, 64, 9).map((value, at) => value + 0.01 * noise[at]! * (at % 50 === 0 ? 1e4 : 1));
  const pixels = Uint8Array.from(sheetSamples(100, 64, 9), (value) => 255 * value);
  const modes = { plain: { step: 0.05 }, bounded: { maxError: 0.002 }, lossless: { lossless: true } };
  const data = Object.entries(modes).map(async ([name, options]): Promise<[string, CompressedData]> => {
    const bytes = Uint8Array.from(x, (value) => 255 * value);
    const codec = await i.createCodec(model, name === 'lossless' ? bytes : x, options);
    const compressed = codec.compress(name === 'lossless' ? pixels : floats);
    const values = await digest(codec.decompress(compressed));
    return [name, { codec: base64Of(codec.save()), bytes: base64Of(compressed), values }];
  });
  return Object.fromEntries(await Promise.all(data));
}

/** The SHA-256 of the values decompressed from each mode's data. */
export async function digestsOfValues(
  i: Isthmus,
  data: Record<string, CompressedData>,
): Promise<Record<string, string>> {
  const found = Object.entries(data).map(async ([name, { codec, bytes }]): Promise<[string, string]> => {
    const reader = await i.loadCodec(bytesOf(codec));
    return [name, await digest(reader.decompress(bytesOf(bytes)))];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** The SHA-256 of the codec's file, the compressed bytes and the values of each mode. */
export async function digestsOfFiles(data: Record<string, CompressedData>): Promise<Record<string, string[]>> {
  const found = Object.entries(data).map(async ([name, { codec, bytes, values }]): Promise<[string, string[]]> => {
    return [name, [await digest(bytesOf(codec)), await digest(bytesOf(bytes)), values]];
  });
  return Object.fromEntries(await Promise.all(found));
}
