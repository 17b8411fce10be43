// A module as the text that src/wasm/text.ts reads: the bytes, with the numbers of local variables apart, no lengths,
// and what stands for the parts of a multiply-add named (see assembly/simd.ts).
import {
  ALONE,
  CHARACTERS,
  CLOSE,
  FIRST,
  FREQUENT,
  FRESH,
  FUSED,
  LOCAL,
  LOCALS,
  NAME,
  OPEN,
  PAIR,
  PRODUCT,
  SUM,
  VECTOR,
} from '../src/wasm/text.ts';

const [TYPES, FUNCTIONS, EXPORTS] = [1, 3, 7];
const CODE = 10;
/** Single instructions: numbers in LEB128 that follow. */
const NUMBERS = { 12: 1, 13: 1, 16: 1, 35: 1, 36: 1, 65: 1, 66: 1 };
/** Single instructions: bytes that follow, whatever they are. */
const BYTES = { 2: 1, 3: 1, 4: 1, 63: 1, 64: 1, 67: 4, 68: 8 };
/** What follows an instruction of the second table, behind its prefix 252. */
const BULK = { 10: 2, 11: 1 };

/** The text of a module's bytes. Errors: Error for what no kernel of ours has. */
export function textOf(bytes) {
  const out = [];
  const locals = [];
  /** Of types, how many parameters; and those of the functions. */
  const types = [];
  const parameters = [];
  /** Of the function at hand: its variables, those last used first, and the ranges of every type. */
  let recent = [];
  let groups = [];
  let at = 8;
  const unsigned = () => {
    let [value, shift, byte] = [0, 0, 128];
    for (; byte & 128; shift += 7) {
      byte = bytes[at++];
      value |= (byte & 127) << shift;
    }
    return value;
  };
  const character = (value) => String.fromCharCode(FIRST + value);
  const pair = (value, base = PAIR) => [
    character(base + Math.floor(value / CHARACTERS)),
    character(value % CHARACTERS),
  ];
  const wide = (value) => (value < PAIR ? [character(value)] : pair(value));
  const byteText = (byte) => {
    const place = FREQUENT.indexOf(byte);
    if (place >= 0) return character(ALONE + place);
    return byte < ALONE && !(byte >= LOCAL && byte < LOCAL + LOCALS) ? character(byte) : pair(byte).join('');
  };
  const copy = (count) => {
    for (let i = 0; i < count; i++) out.push(byteText(bytes[at++]));
  };
  const number = () => {
    const start = at;
    const value = unsigned();
    const end = at;
    at = start;
    copy(end - start);
    return value;
  };
  /** What stands with its length before it. */
  const run = (content) => {
    const end = unsigned() + at;
    out.push(character(OPEN));
    content(end);
    if (at !== end) throw new Error('the module has an instruction that textOf does not know');
    out.push(character(CLOSE));
  };
  const simd = () => {
    at++;
    const operation = unsigned();
    // f32x4.relaxed_min and relaxed_max; of zero, i32x4.relaxed_trunc_f32x4_s and extract_lane 0.
    if (operation === 0x10d) return out.push(character(PRODUCT));
    if (operation === 0x10e) return out.push(character(SUM));
    if (
      operation === 12 &&
      Buffer.from(bytes.buffer, bytes.byteOffset + at + 16, 3).equals(Buffer.from([253, 129, 2]))
    ) {
      at += 16 + 3 + 3;
      return out.push(character(FUSED));
    }
    out.push(...pair(operation, VECTOR));
    const lane = (operation >= 84 && operation <= 91) || (operation >= 21 && operation <= 34);
    const memory = operation <= 11 || (operation >= 84 && operation <= 93);
    if (memory) {
      number();
      number();
    }
    copy(operation === 12 || operation === 13 ? 16 : lane ? 1 : 0);
  };
  const instruction = () => {
    const operation = bytes[at];
    if (operation >= LOCAL && operation < LOCAL + LOCALS) {
      at++;
      out.push(character(operation));
      const local = unsigned();
      const place = recent.indexOf(local);
      if (place >= 0) recent.splice(place, 1);
      recent.unshift(local);
      const group = groups.findIndex(({ first, count }) => local >= first && local < first + count);
      // Read from the end: the second character of a pair comes first.
      locals.push(...wide(place < 0 ? group : FRESH + place));
    } else if (operation === 253) simd();
    else {
      copy(1);
      if (operation === 252) copy(1 + (BULK[bytes[at]] ?? 0));
      if (operation === 14) for (let left = number(); left >= 0; left--) number();
      const memory = operation >= 40 && operation <= 62;
      for (let left = memory ? 2 : (NUMBERS[operation] ?? 0); left > 0; left--) number();
      copy(BYTES[operation] ?? 0);
    }
  };
  const body = (end) => {
    let next = parameters.shift();
    recent = Array.from({ length: next }, (_, i) => i);
    const count = unsigned();
    if (count >= FRESH) throw new Error('the module has a function with more types of variables than there are');
    out.push(...wide(next * FRESH + count));
    groups = Array.from({ length: count }, () => {
      const [variables, type] = [unsigned(), bytes[at++]];
      if (variables >= PAIR) throw new Error(`the module has a function of ${variables} variables of one type`);
      out.push(character(variables), character(128 - type));
      next += variables;
      return { first: next - variables, count: variables };
    });
    while (at < end) instruction();
  };
  /** What stands in the sections before the code. */
  const known = {
    [TYPES]() {
      for (let left = number(); left > 0; left--) {
        copy(1);
        types.push(bytes[at]);
        copy(number());
        copy(number());
      }
    },
    [FUNCTIONS]() {
      for (let left = number(); left > 0; left--) parameters.push(types[number()]);
    },
    [EXPORTS]() {
      for (let left = number(); left > 0; left--) {
        const length = unsigned();
        out.push(NAME, Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1'), NAME);
        at += length;
        copy(1);
        number();
      }
    },
    [CODE]() {
      for (let left = number(); left > 0; left--) run(body);
    },
  };
  at = 0;
  copy(8);
  while (at < bytes.length) {
    const section = bytes[at];
    copy(1);
    run((end) => (known[section] ? known[section]() : copy(end - at)));
  }
  return [...out, ...locals.reverse()].join('');
}
