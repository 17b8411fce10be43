// Random changes of bytes. Half of the mutants get correct checksums, because damage that a checksum finds never reaches the
// code behind the check.

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { crc32c } from '../reference/crc32c.ts';

export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return (below) => uniformInt(generator, 0, below - 1);
}

const interesting = [0, 1, 2, 3, 4, 5, 16, 127, 128, 254, 255];

/** One to four changes: bits, bytes, runs of bytes; pieces removed, doubled or inserted from `other`; the end cut off. */
export function mutate(source: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = source.slice();
  for (let changes = 1 + random(4); changes > 0 && bytes.length; changes--) {
    const at = random(bytes.length);
    const length = 1 + random(Math.min(12, bytes.length - at));
    const cut = (from: Uint8Array): Uint8Array => {
      const joined = new Uint8Array(at + from.length + bytes.length - at);
      joined.set(bytes.subarray(0, at));
      joined.set(from, at);
      joined.set(bytes.subarray(at), at + from.length);
      return joined;
    };
    const kind = random(8);
    if (kind === 0) bytes[at]! ^= 1 << random(8);
    else if (kind === 1) bytes[at] = random(256);
    else if (kind === 2) bytes[at] = interesting[random(interesting.length)]!;
    else if (kind === 3) for (let i = at; i < at + length; i++) bytes[i] = random(2) * 255;
    else if (kind === 4) bytes.copyWithin(at, at + length);
    else if (kind === 5) bytes = cut(bytes.slice(at, at + length));
    else if (kind === 6) {
      const from = random(other.length);
      bytes = cut(other.subarray(from, from + 1 + random(40)));
    } else bytes = bytes.subarray(0, random(4) ? bytes.length - length : at);
  }
  return bytes;
}

/** Corrects the checksums of compressed data, as far as its records can be followed. */
export function reseal(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const seal = (from: number, to: number): void => {
    if (to + 4 <= bytes.length) view.setUint32(to, crc32c(bytes.subarray(from, to)), true);
  };
  if (bytes.length < 8) return bytes;
  let at = 24 + 4 * bytes[7]!;
  seal(0, at - 4);
  while (at + 36 <= bytes.length && view.getUint16(at, true) === 0xb10c) {
    const end = at + 28 + view.getUint32(at + 8, true);
    if (end <= bytes.length) view.setUint32(at + 20, crc32c(bytes.subarray(at + 28, end)), true);
    seal(at, at + 24);
    at = end;
  }
  if (at + 36 <= bytes.length) seal(at, at + 32);
  return bytes;
}

/** Corrects the digest of a codec's file, if its header can be parsed. */
export function redigest(file: Uint8Array): Uint8Array {
  try {
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    const start = 8 + view.getUint32(0, true);
    const text = new TextDecoder().decode(file.subarray(8, start));
    const { model, codec, digest } = JSON.parse(text).__metadata__;
    const encoder = new TextEncoder();
    const crc = crc32c([...file.subarray(start), ...encoder.encode(model), ...encoder.encode(codec)]);
    const at = text.indexOf(`"digest":"${digest}"`);
    file.set(encoder.encode(crc.toString(16).padStart(8, '0')), 8 + at + 10);
  } catch {}
  return file;
}
