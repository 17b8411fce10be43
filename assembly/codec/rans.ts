// Asymmetric numeral systems, range variant (Duda, 2013): four coders alternate over one sequence of 16-bit words (Giesen,
// Interleaved entropy coders, 2014). States are in 2^16..2^32; frequencies have 14 bits.
//
// Symbols are stored channel by channel, n each, and symbol i of a channel goes to coder i & 3: the table of a channel stays in
// the L1 cache, and one sample of a vector code needs one coder only.

import { CHANNEL, countOf, entriesOf, upperOf } from './table';

const BITS: u32 = 14;
const MASK: u32 = (1 << BITS) - 1;
const LOW: u32 = 1 << 16;

/**
 * The state after symbol `e`: (x / f) · 2^14 + x mod f + start. The quotient uses the reciprocal 2^46 / f, rounded up: since x
 * is below 2^18 · f, the product is below 2^64 and the rounding adds less than one (Granlund and Montgomery, 1994).
 * @inline
 */
function pushed(x: u32, e: usize): u32 {
  const q = <u32>((<u64>x * load<u64>(e)) >> 46);
  return x + load<u16>(e, 14) + q * ((1 << BITS) - <u32>load<u16>(e, 12));
}

/** Whether a state must shift a word out before symbol `e`. @inline */
function full(x: u32, e: usize): bool {
  return x >= load<u32>(e, 8);
}

/**
 * Codes `channels` × n symbols backwards and writes the words that end at `end`. The caller initializes the four states, u32 at
 * `states`. Returns the address of the first word, as an f64 (see `quantize`).
 */
export function ransEncode(end: usize, symbols: usize, n: i32, channels: i32, table: usize, states: usize): f64 {
  let p = end;
  for (let c = channels - 1; c >= 0; c--) {
    const entries = entriesOf(table + <usize>c * CHANNEL);
    const from = symbols + <usize>c * n;
    let i = n;
    for (; i & 3; i--) {
      const at = states + (((i - 1) & 3) << 2);
      const e = entries + ((<usize>load<u8>(from + i - 1)) << 4);
      let x = load<u32>(at);
      if (full(x, e)) {
        p -= 2;
        store<u16>(p, x);
        x >>= 16;
      }
      store<u32>(at, pushed(x, e));
    }
    let a = load<u32>(states);
    let b = load<u32>(states, 4);
    let g = load<u32>(states, 8);
    let d = load<u32>(states, 12);
    // Always stores a word and moves the pointer only where the state was full: a branch, taken once in five, would be
    // unpredictable.
    for (; i > 0; i -= 4) {
      const s = load<u32>(from + i - 4);
      const ed = entries + ((<usize>(s >> 24)) << 4);
      const eg = entries + ((<usize>((s >> 16) & 255)) << 4);
      const eb = entries + ((<usize>((s >> 8) & 255)) << 4);
      const ea = entries + ((<usize>(s & 255)) << 4);
      store<u16>(p - 2, d);
      const fd = full(d, ed);
      p = select<usize>(p - 2, p, fd);
      d = pushed(select<u32>(d >> 16, d, fd), ed);
      store<u16>(p - 2, g);
      const fg = full(g, eg);
      p = select<usize>(p - 2, p, fg);
      g = pushed(select<u32>(g >> 16, g, fg), eg);
      store<u16>(p - 2, b);
      const fb = full(b, eb);
      p = select<usize>(p - 2, p, fb);
      b = pushed(select<u32>(b >> 16, b, fb), eb);
      store<u16>(p - 2, a);
      const fa = full(a, ea);
      p = select<usize>(p - 2, p, fa);
      a = pushed(select<u32>(a >> 16, a, fa), ea);
    }
    store<u32>(states, a);
    store<u32>(states, b, 4);
    store<u32>(states, g, 8);
    store<u32>(states, d, 12);
  }
  return <f64>p;
}

/** The number of the 16 rising ends at `upper` that are at most the slot: the index of the first end above it. @inline */
function countAtMost(upper: usize, slot: v128): u32 {
  const low = i16x8.gt_s(v128.load(upper), slot);
  const high = i16x8.gt_s(v128.load(upper, 16), slot);
  return ctz<u32>(i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)));
}

/** The symbol of a slot. `wide`: more than 16 symbols, in groups of 16. @inline */
function symbolOf(upper: usize, slot: u32, wide: bool): u32 {
  const v = i16x8.splat(<i16>slot);
  if (!wide) return countAtMost(upper + 32, v);
  const group = countAtMost(upper, v);
  return (group << 4) + countAtMost(upper + 32 + ((<usize>group) << 5), v);
}

/** The state before symbol `e`. @inline */
function popped(x: u32, e: usize): u32 {
  return <u32>load<u16>(e, 12) * (x >> BITS) + (x & MASK) - load<u16>(e, 14);
}

/**
 * Decodes `channels` × n symbols from the words at p. Accepts any words: returns the end of those read, as an f64, or 0 where it
 * is after `end`. Reads up to 8 bytes after `end`. The states, u32 at `states`, end with the initial values of the encoder.
 */
export function ransDecode(
  symbols: usize,
  n: i32,
  channels: i32,
  table: usize,
  states: usize,
  p: usize,
  end: usize,
): f64 {
  for (let c = 0; c < channels; c++) {
    const channel = table + <usize>c * CHANNEL;
    const entries = entriesOf(channel);
    const upper = upperOf(channel);
    const wide = countOf(channel) > 15;
    const to = symbols + <usize>c * n;
    let a = load<u32>(states);
    let b = load<u32>(states, 4);
    let g = load<u32>(states, 8);
    let d = load<u32>(states, 12);
    let i = 0;
    for (; i + 4 <= n && p <= end; i += 4) {
      const sa = symbolOf(upper, a & MASK, wide);
      const sb = symbolOf(upper, b & MASK, wide);
      const sg = symbolOf(upper, g & MASK, wide);
      const sd = symbolOf(upper, d & MASK, wide);
      store<u32>(to + i, sa | (sb << 8) | (sg << 16) | (sd << 24));
      a = popped(a, entries + ((<usize>sa) << 4));
      b = popped(b, entries + ((<usize>sb) << 4));
      g = popped(g, entries + ((<usize>sg) << 4));
      d = popped(d, entries + ((<usize>sd) << 4));
      const ma = a < LOW;
      a = select<u32>((a << 16) | load<u16>(p), a, ma);
      p = select<usize>(p + 2, p, ma);
      const mb = b < LOW;
      b = select<u32>((b << 16) | load<u16>(p), b, mb);
      p = select<usize>(p + 2, p, mb);
      const mg = g < LOW;
      g = select<u32>((g << 16) | load<u16>(p), g, mg);
      p = select<usize>(p + 2, p, mg);
      const md = d < LOW;
      d = select<u32>((d << 16) | load<u16>(p), d, md);
      p = select<usize>(p + 2, p, md);
    }
    store<u32>(states, a);
    store<u32>(states, b, 4);
    store<u32>(states, g, 8);
    store<u32>(states, d, 12);
    for (; i < n && p <= end; i++) {
      const at = states + ((i & 3) << 2);
      let x = load<u32>(at);
      const s = symbolOf(upper, x & MASK, wide);
      store<u8>(to + i, s);
      x = popped(x, entries + ((<usize>s) << 4));
      if (x < LOW) {
        x = (x << 16) | load<u16>(p);
        p += 2;
      }
      store<u32>(at, x);
    }
    if (p > end) return 0;
  }
  return <f64>p;
}
