// Encodes a module as text, which src/wasm/text/decode.ts reads: src/wasm/text/README.md describes the format.
import {
  CHARACTERS,
  CLOSE,
  FIRST,
  FREQUENT,
  FUSED,
  LOCAL,
  LOCALS,
  NAME,
  OPEN,
  PAIR,
  PRODUCT,
  RECENT,
  SINGLE,
  SUM,
  VECTOR,
} from '../src/wasm/text/alphabet.ts';
import { pairProducts } from './pair-products.mjs';

/** Numbers of sections. */
const TYPES = 1;
const FUNCTIONS = 3;
const EXPORTS = 7;
const CODE = 10;
/** Magic and version. */
const HEADER_BYTES = 8;
const BRANCH_TABLE = 14;
/** Prefixes of instructions with a second number. */
const BULK_PREFIX = 252;
const VECTOR_PREFIX = 253;
/** By instruction, how many numbers in LEB128 follow. */
const NUMBERS = { 12: 1, 13: 1, 16: 1, 35: 1, 36: 1, 65: 1, 66: 1 };
/** By instruction, how many bytes of any value follow. */
const BYTES = { 2: 1, 3: 1, 4: 1, 63: 1, 64: 1, 67: 4, 68: 8 };
/** By instruction with the prefix for bulk memory, how many bytes follow. */
const BULK_BYTES = { 10: 2, 11: 1 };
/** The placeholders of assembly/simd.ts. */
const RELAXED_MIN = 0x10d;
const RELAXED_MAX = 0x10e;
const V128_CONST = 12;
const SHUFFLE = 13;
const VECTOR_BYTES = 16;
/** i32x4.relaxed_trunc_f32x4_s, which follows a constant of zeros only in the placeholder of the flavour. */
const RELAXED_TRUNC = Buffer.from([253, 129, 2]);
/** The bytes of i32x4.extract_lane 0, which ends that placeholder. */
const EXTRACT_LANE_BYTES = 3;

const isLocal = (byte) => byte >= LOCAL && byte < LOCAL + LOCALS;
const isLoadOrStore = (operation) => operation >= 40 && operation <= 62;
const isVectorLane = (operation) => (operation >= 84 && operation <= 91) || (operation >= 21 && operation <= 34);
const isVectorLoadOrStore = (operation) => operation <= 11 || (operation >= 84 && operation <= 93);

const character = (value) => String.fromCharCode(FIRST + value);
const pair = (value, base = PAIR) => [character(base + Math.floor(value / CHARACTERS)), character(value % CHARACTERS)];
const numberText = (value) => (value < PAIR ? [character(value)] : pair(value));

function byteText(byte) {
  const place = FREQUENT.indexOf(byte);
  if (place >= 0) return character(SINGLE + place);
  return byte < SINGLE && !isLocal(byte) ? character(byte) : pair(byte).join('');
}

/** The text of a module. `paired`: moves products (pair-products.mjs). Errors: Error for an instruction or a size that no kernel has. */
export function encodeText(module, paired = true) {
  const bytes = Uint8Array.from(module);
  const out = [];
  const variables = [];
  /** Counts of parameters: of each type, and of each function that is still to come. */
  const types = [];
  const parameters = [];
  /** The variables of the current function, the most recently used first, and its ranges of variables of one type. */
  let recent = [];
  let groups = [];
  let at = 0;

  /** Reads a number in LEB128. */
  const read = () => {
    let [value, shift, byte] = [0, 0, 128];
    for (; byte & 128; shift += 7) {
      byte = bytes[at++];
      value |= (byte & 127) << shift;
    }
    return value;
  };
  const copy = (count) => {
    for (let i = 0; i < count; i++) out.push(byteText(bytes[at++]));
  };
  /** Copies a number in LEB128; returns it. */
  const copyNumber = () => {
    const start = at;
    const value = read();
    const length = at - start;
    at = start;
    copy(length);
    return value;
  };
  /** A section or a function: its content between OPEN and CLOSE, without the length. */
  const run = (content) => {
    const end = read() + at;
    out.push(character(OPEN));
    content(end);
    if (at !== end) throw new Error('the module has an instruction that encodeText does not know');
    out.push(character(CLOSE));
  };

  const useLocal = () => {
    out.push(character(bytes[at++]));
    const local = read();
    const place = recent.indexOf(local);
    if (place >= 0) recent.splice(place, 1);
    recent.unshift(local);
    const group = groups.findIndex(({ first, count }) => local >= first && local < first + count);
    variables.push(...numberText(place < 0 ? group : RECENT + place));
  };
  const vector = () => {
    at++;
    const operation = read();
    if (operation === RELAXED_MIN) {
      if (paired) pairProducts(bytes, at);
      return out.push(character(PRODUCT));
    }
    if (operation === RELAXED_MAX) return out.push(character(SUM));
    const next = at + VECTOR_BYTES;
    if (operation === V128_CONST && RELAXED_TRUNC.equals(bytes.subarray(next, next + RELAXED_TRUNC.length))) {
      at = next + RELAXED_TRUNC.length + EXTRACT_LANE_BYTES;
      return out.push(character(FUSED));
    }
    out.push(...pair(operation, VECTOR));
    if (isVectorLoadOrStore(operation)) {
      copyNumber();
      copyNumber();
    }
    if (operation === V128_CONST || operation === SHUFFLE) copy(VECTOR_BYTES);
    else if (isVectorLane(operation)) copy(1);
  };
  const instruction = () => {
    const operation = bytes[at];
    if (isLocal(operation)) return useLocal();
    if (operation === VECTOR_PREFIX) return vector();
    copy(1);
    if (operation === BULK_PREFIX) copy(1 + (BULK_BYTES[bytes[at]] ?? 0));
    if (operation === BRANCH_TABLE) for (let left = copyNumber(); left >= 0; left--) copyNumber();
    for (let left = isLoadOrStore(operation) ? 2 : (NUMBERS[operation] ?? 0); left > 0; left--) copyNumber();
    copy(BYTES[operation] ?? 0);
  };
  const functionBody = (end) => {
    let next = parameters.shift();
    recent = Array.from({ length: next }, (_, i) => i);
    const count = read();
    if (count >= RECENT) throw new Error(`the module has a function with variables of ${count} types`);
    out.push(...numberText(next * RECENT + count));
    groups = Array.from({ length: count }, () => {
      const [size, type] = [read(), bytes[at++]];
      if (size >= PAIR) throw new Error(`the module has a function with ${size} variables of one type`);
      out.push(character(size), character(128 - type));
      next += size;
      return { first: next - size, count: size };
    });
    while (at < end) instruction();
  };
  const sections = {
    [TYPES]() {
      for (let left = copyNumber(); left > 0; left--) {
        copy(1);
        types.push(bytes[at]);
        copy(copyNumber());
        copy(copyNumber());
      }
    },
    [FUNCTIONS]() {
      for (let left = copyNumber(); left > 0; left--) parameters.push(types[copyNumber()]);
    },
    [EXPORTS]() {
      for (let left = copyNumber(); left > 0; left--) {
        const length = read();
        out.push(NAME, Buffer.from(bytes.subarray(at, at + length)).toString('latin1'), NAME);
        at += length;
        copy(1);
        copyNumber();
      }
    },
    [CODE]() {
      for (let left = copyNumber(); left > 0; left--) run(functionBody);
    },
  };
  copy(HEADER_BYTES);
  while (at < bytes.length) {
    const section = sections[bytes[at]];
    copy(1);
    run((end) => (section ? section() : copy(end - at)));
  }
  return [...out, ...variables.reverse()].join('');
}
