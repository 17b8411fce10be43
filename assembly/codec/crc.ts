// CRC-32C (Castagnoli; RFC 3720, appendix B.4), reflected, eight bytes an iteration (Kounavis and Berry, 2005).

const POLYNOMIAL: u32 = 0x82f63b78;

/**
 * Writes the tables to `t`, 8 KB: entry [k][b] is the checksum of byte b followed by k zero bytes. Each call computes them, by
 * 2,048 exclusive ors, because a kernel owns no data.
 */
function tables(t: usize): void {
  store<u32>(t, 0);
  let crc: u32 = 1;
  for (let i: u32 = 128; i; i >>= 1) {
    crc = (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    for (let j: u32 = 0; j < 256; j += i << 1) store<u32>(t + ((i + j) << 2), crc ^ load<u32>(t + (j << 2)));
  }
  for (let i: u32 = 256; i < 2048; i++) {
    const previous = load<u32>(t + ((i - 256) << 2));
    store<u32>(t + (i << 2), (previous >> 8) ^ load<u32>(t + ((previous & 255) << 2)));
  }
}

/** @inline */
function entry(t: usize, k: u32, byte: u32): u32 {
  return load<u32>(t + ((<usize>k) << 10) + ((<usize>(byte & 255)) << 2));
}

/**
 * The checksum of n bytes that follow bytes whose checksum is `crc`, 0 for none. Scratch: 8 KB. Returns an f64, because
 * JavaScript reads a u32 as a signed number.
 */
export function crc32c(x: usize, n: i32, crc: u32, scratch: usize): f64 {
  tables(scratch);
  const end = x + n;
  crc = ~crc;
  for (; x + 8 <= end; x += 8) {
    const a = load<u32>(x) ^ crc;
    const b = load<u32>(x, 4);
    crc =
      entry(scratch, 7, a) ^
      entry(scratch, 6, a >> 8) ^
      entry(scratch, 5, a >> 16) ^
      entry(scratch, 4, a >> 24) ^
      entry(scratch, 3, b) ^
      entry(scratch, 2, b >> 8) ^
      entry(scratch, 1, b >> 16) ^
      entry(scratch, 0, b >> 24);
  }
  for (; x < end; x++) crc = (crc >> 8) ^ entry(scratch, 0, crc ^ load<u8>(x));
  return <f64>~crc;
}
