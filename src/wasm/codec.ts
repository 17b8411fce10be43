// What the module of the codec exports: addresses in bytes, sizes in elements.

export interface CodecKernels {
  crc32c(x: number, n: number, crc: number, scratch: number): number;
  quantize(
    symbols: number,
    bits: number,
    escapes: number,
    z: number,
    n: number,
    channels: number,
    table: number,
  ): number;
  dequantize(
    z: number,
    symbols: number,
    bits: number,
    escapes: number,
    end: number,
    n: number,
    channels: number,
    table: number,
  ): number;
  ransEncode(end: number, symbols: number, n: number, channels: number, table: number, states: number): number;
  ransDecode(
    symbols: number,
    n: number,
    channels: number,
    table: number,
    states: number,
    p: number,
    end: number,
  ): number;
}
