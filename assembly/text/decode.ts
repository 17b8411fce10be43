// Decodes a module from its text form: src/wasm/text/README.md describes the format. The names of the values are those of
// src/wasm/text/alphabet.ts. The text has one byte for each character.

const FIRST: i32 = 35;
const CHARACTERS: i32 = 92;
const SINGLE: i32 = 77;
const LOCAL: i32 = 32;
const LOCALS: i32 = 3;
/** The bytes 106, 123, 127 and 128, from SINGLE on. */
const FREQUENT: i32 = 0x807f7b6a;
const OPEN: i32 = 81;
const CLOSE: i32 = 82;
const SUM: i32 = 84;
const FUSED: i32 = 85;
const VECTOR: i32 = 86;
const PAIR: i32 = 89;
const RECENT: i32 = 6;

/** Addresses: variables of the current function, the most recently used first; the next unused variable of each type; starts of runs. */
const RECENT_VARIABLES: usize = 0;
const UNUSED_VARIABLES: usize = 256;
const STARTS: usize = 512;

function value(at: usize): i32 {
  return <i32>load<u8>(at) - FIRST;
}

/** A pair whose first value is `first` and whose second one is at `next`. @inline */
function pair(first: i32, next: usize): i32 {
  return (first - PAIR) * CHARACTERS + value(next);
}

/** Writes a number in LEB128. Returns the address behind it. */
function writeNumber(out: usize, number: i32): usize {
  for (; number > 127; number >>= 7) store<u8>(out++, number | 128);
  store<u8>(out, number);
  return out + 1;
}

/** Decodes the text from `at` to `end` to `out`. Returns the address behind the module. */
export function decode(at: usize, end: usize, out: usize, relaxed: bool): usize {
  let starts = STARTS;
  while (at < end) {
    const v = value(at++);
    if (v < 0) {
      const length = out++;
      for (; value(at) >= 0; at++) store<u8>(out++, load<u8>(at));
      at++;
      store<u8>(length, <i32>(out - length) - 1);
    } else if (v < SINGLE) {
      store<u8>(out++, v);
      if (<u32>(v - LOCAL) >= <u32>LOCALS) continue;
      let variable = value(--end);
      if (variable >= PAIR) variable = pair(variable, --end);
      let local: i32;
      if (variable < RECENT) {
        local = load<u8>(UNUSED_VARIABLES + <usize>variable);
        store<u8>(UNUSED_VARIABLES + <usize>variable, local + 1);
        variable = 255;
      } else {
        variable -= RECENT;
        local = load<u8>(RECENT_VARIABLES + <usize>variable);
      }
      for (let i = <usize>variable; i > 0; i--) store<u8>(i, load<u8>(i - 1));
      store<u8>(RECENT_VARIABLES, local);
      out = writeNumber(out, local);
    } else if (v < OPEN) store<u8>(out++, FREQUENT >> ((v - SINGLE) << 3));
    else if (v >= PAIR) store<u8>(out++, pair(v, at++));
    else if (v >= VECTOR) {
      store<u8>(out++, 253);
      out = writeNumber(out, (v - VECTOR) * CHARACTERS + value(at++));
    } else if (v === OPEN) {
      store<u32>(starts, out);
      starts += 4;
      if (starts === STARTS + 4) continue;
      // The head of a function.
      let head = value(at++);
      if (head >= PAIR) head = pair(head, at++);
      const types = head % RECENT;
      let next = head / RECENT;
      for (let i: usize = 0; i < 256; i++) store<u8>(i, i);
      store<u8>(out++, types);
      for (let type: usize = 0; type < <usize>types; type++) {
        store<u8>(UNUSED_VARIABLES + type, next);
        next += value(at);
        store<u8>(out++, value(at++));
        store<u8>(out++, 128 - value(at++));
      }
    } else if (v === CLOSE) {
      starts -= 4;
      const start = <usize>load<u32>(starts);
      const length = <i32>(out - start);
      // The number moves the content behind itself.
      const bytes: usize = length < 128 ? 1 : length < 16384 ? 2 : 3;
      memory.copy(start + bytes, start, length);
      writeNumber(start, length);
      out += bytes;
    } else if (v === FUSED) {
      store<u8>(out++, 65);
      store<u8>(out++, <i32>relaxed);
    } else if (v === SUM || !relaxed) {
      // The product of the relaxed flavour is empty.
      store<u8>(out, 253);
      if (relaxed) store<u16>(out, 0x0285, 1);
      else store<u16>(out, v === SUM ? 0x01e4 : 0x01e6, 1);
      out += 3;
    }
  }
  return out;
}
