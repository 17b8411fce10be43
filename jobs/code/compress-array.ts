// JavaScript that compresses the numbers of an array, a recording or a picture with the guarantee of `isthmus compress`.

import type { ArrayFile } from '../compress/array-file.ts';
import { MAX_BLOCK_VALUES } from '../compress/codec-pass.ts';
import { bytesOf, integerRange, isFloat, type NumberCode, readNumbers } from '../compress/number-bytes.ts';
import { listNames } from './list-names.ts';
import { type CodePart, moduleText } from './module.ts';
import { quoted } from './quote.ts';

export interface ArrayCodeOptions {
  /** The path of the file. */
  readonly path: string;
  /** The content of the file; of a picture its pixels. At least one number. */
  readonly file: ArrayFile;
  /** Largest absolute error of each number; 0: each number is restored exactly. */
  readonly bound: number;
  /** The pixels of the picture are indices of a palette. */
  readonly palette?: boolean;
}

/** How numbers are coded. */
interface Coding {
  readonly reading: CodePart;
  /** The typed array that the codec takes. */
  readonly list: 'Float32Array' | 'Uint8Array';
  /** The expression for the values of the codec. */
  readonly x: string;
  /** The options of `createCodec`. */
  readonly options: string;
  /** The last axis of a sample. */
  readonly channels: number;
  /** The expression for the restored numbers. */
  readonly restored: string;
}

const MAX_CHANNELS = 256;
/** Integers up to this size are exact in float32. */
const MAX_FLOAT_INTEGER = 2 ** 24;

const decode = 'codec.decompress(bytes, { maxBytes: x.byteLength })';
const files = { 'node:fs': ['readFileSync', 'writeFileSync'] };

/** An expression for the bytes of the numbers in `file`. */
const bytesExpression = ({ prefix, numbers }: ArrayFile): string =>
  `file.subarray(${prefix.length}, ${prefix.length + numbers.length})`;

/** Lines that set `numbers`. */
function readingPart({ path, file, palette }: ArrayCodeOptions): CodePart {
  const { kind, type, bigEndian } = file;
  const read = `readFileSync(${quoted(path)})`;
  if (kind === 'wav')
    return {
      imports: { ...files, wavefile: ['default as wavefile'] },
      lines: [`const numbers = new wavefile.WaveFile(${read}).getSamples(true, Float64Array);`],
    };
  if (kind === 'png') {
    const names = palette ? ['convertIndexedToRgb', 'decode'] : ['decode'];
    const pixels = palette ? `convertIndexedToRgb(decode(${read}))` : `decode(${read}).data`;
    return { imports: { ...files, 'fast-png': names }, lines: [`const numbers = ${pixels};`] };
  }
  const bits = 8 * bytesOf(type);
  const swapped = bigEndian && bits > 8 ? `.swap${bits}()` : '';
  const list = `new ${listNames[type]}(new Uint8Array(${bytesExpression(file)}${swapped}).buffer)`;
  const isBig = type === 'i64' || type === 'u64';
  return {
    imports: files,
    lines: [`const file = ${read};`, `const numbers = ${isBig ? `Float64Array.from(${list}, Number)` : list};`],
  };
}

/** The bound that is left for float32 after numbers are rounded to it; 0 or less where none is. */
function floatBound(values: Float64Array, bound: number, type: NumberCode): number {
  if (type === 'f32') return bound;
  let rounding = 0;
  for (const value of values) rounding = Math.max(rounding, Math.abs(value - Math.fround(value)));
  return (bound - rounding) * (1 - 2 ** -40);
}

/** The integers of the codec's values, within the range of the type. */
function roundedExpression(type: NumberCode, bound: number): string {
  const { low, high } = integerRange(type);
  const value = bound > 0 ? `Math.min(Math.max(Math.round(value), ${low}), ${high})` : 'Math.round(value)';
  return `${decode}.map((value) => ${value})`;
}

function codingOf(options: ArrayCodeOptions): Coding {
  const { path, file, bound } = options;
  const { type, bigEndian, numbers, shape } = file;
  const last = shape.length > 1 ? shape.at(-1)! : 1;
  const channels = last <= MAX_CHANNELS ? last : 1;
  const reading = readingPart(options);
  const common = { reading, channels, x: 'numbers', restored: decode };
  if (type === 'u8' && file.kind !== 'wav') {
    const guarantee = bound >= 1 ? `maxError: ${Math.floor(bound)}` : 'lossless: true';
    return { ...common, list: 'Uint8Array', options: guarantee };
  }
  const values = readNumbers(numbers, type, bigEndian);
  const x = type === 'f32' && file.kind !== 'wav' ? 'numbers' : 'Float32Array.from(numbers)';
  if (isFloat(type)) {
    const rest = bound > 0 ? floatBound(values, bound, type) : 0;
    if (rest > bound / 2) return { ...common, x, list: 'Float32Array', options: `maxError: ${rest}` };
  } else {
    const tolerance = Math.floor(bound);
    const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    if (largest + tolerance < MAX_FLOAT_INTEGER) {
      const restored = roundedExpression(type, tolerance);
      return { ...common, x, list: 'Float32Array', options: `maxError: ${tolerance + 0.49}`, restored };
    }
  }
  // Float32 cannot keep the bound: the bytes of the numbers are the values.
  const lines = [`const file = readFileSync(${quoted(path)});`, `const numbers = ${bytesExpression(file)};`];
  const bytes: CodePart = { imports: files, lines };
  return {
    reading: bytes,
    list: 'Uint8Array',
    x: 'numbers',
    options: 'lossless: true',
    channels: channels * bytesOf(type),
    restored: decode,
  };
}

/** JavaScript for Node that compresses the numbers by the API of `isthmus`, restores them and prints sizes and the largest error. */
export function arrayCode(options: ArrayCodeOptions): string {
  const { path, file } = options;
  const { reading, list, x, options: guarantee, channels, restored } = codingOf(options);
  const width = file.shape.at(-2) ?? 1;
  const isRow = file.kind === 'png' && channels <= 4 && width * channels <= MAX_BLOCK_VALUES;
  const shape = isRow ? [width, channels] : [channels];
  const size = shape.reduce((product, side) => product * side, 1);
  const isBytes = reading.lines.at(-1)?.includes('= file.subarray');
  const unit = isBytes ? 'bytes of numbers' : 'numbers';
  const roundingNote = guarantee.endsWith('.49')
    ? ['// The numbers are integers: the values are rounded, which removes 0.49 of the bound.']
    : [];
  const lines = [
    `const x = ${x};`,
    '',
    '// A model without weights: the predictors of the codec predict each number from its neighbours.',
    'const model = await autoencoder(',
    `  { input: ${JSON.stringify(shape).replaceAll(',', ', ')}, encoder: [activation({ activation: 'linear' })], decoder: [] },`,
    '  { seed: 1 },',
    ');',
    ...roundingNote,
    `const codec = await createCodec(model, new ${list}(${size}), { ${guarantee} });`,
    'const bytes = codec.compress(x);',
    `writeFileSync(${quoted(`${path}.codec`)}, codec.save());`,
    `writeFileSync(${quoted(`${path}.bin`)}, bytes);`,
    '',
    `const restored = ${restored};`,
    'const error = numbers.reduce((max, number, i) => Math.max(max, Math.abs(number - restored[i])), 0);',
    `console.log(\`\${numbers.length} ${unit}, \${bytes.length} bytes, largest error \${error}\`);`,
  ];
  return moduleText([reading, { imports: { isthmus: ['activation', 'autoencoder', 'createCodec'] }, lines }]);
}
