// JavaScript that restores the array, the recording or the picture of a compressed file.

import type { Content } from '../compress/container.ts';
import type { Fields } from '../compress/fields.ts';
import { bytesOf, integerRange, isFloat, type NumberCode, numberTypes } from '../compress/number-bytes.ts';
import { DataRanges } from './data-ranges.ts';
import { listNames } from './list-names.ts';
import type { CodePart } from './module.ts';
import { quoted } from './quote.ts';
import { codecPart } from './stored-codec.ts';

/** An expression for the value of channel i: a number if all channels have the same, else a list. */
function byChannel(name: string, numbers: readonly number[]): { readonly lines: string[]; readonly value: string } {
  if (new Set(numbers).size === 1) return { lines: [], value: String(numbers[0]) };
  return { lines: [`const ${name} = [${numbers.join(', ')}];`], value: `${name}[i % ${numbers.length}]` };
}

/** Lines that set `numbers` to the integers of the codec's values. */
function integerLines(type: NumberCode, codec: Fields, isExact: boolean): string[] {
  const scales = codec.objects('scales');
  const width = scales.length;
  const count = codec.integer('rows') * width;
  const of = (name: string): number[] => scales.map((fields) => fields.integer(name, -Number.MAX_SAFE_INTEGER));
  const low = byChannel('low', of('low'));
  const scale = byChannel('scale', of('scale'));
  let number = 'Math.round(value)';
  if (scale.value !== '1') number = `${scale.value} * ${number}`;
  if (low.value !== '0') number = `${low.value} + ${number}`;
  // Within the bound a number may leave the range of its type.
  const range = integerRange(type);
  if (!isExact) number = `Math.min(Math.max(${number}, ${range.low}), ${range.high})`;
  const isBig = type === 'i64' || type === 'u64';
  if (isBig) number = `BigInt(${number})`;
  const index = number.includes('[i %') ? '(value, i)' : '(value)';
  const list = listNames[type];
  const source = isBig ? `Array.from(values.subarray(0, ${count}), ${index} => ${number})` : '';
  const lines = [
    ...low.lines,
    ...scale.lines,
    isBig
      ? `const numbers = ${list}.from(${source});`
      : `const numbers = ${list}.from(values.subarray(0, ${count}), ${index} => ${number});`,
  ];
  for (const [channel, fields] of scales.entries()) {
    if (fields.integer('order') === 0) continue;
    lines.push(
      `// ${width > 1 ? `Channel ${channel} has` : 'The numbers are'} the differences of neighbours.`,
      `numbers[${channel}] = ${fields.integer('first', -Number.MAX_SAFE_INTEGER)}${isBig ? 'n' : ''};`,
      `for (let i = ${channel + width}; i < ${count}; i += ${width}) numbers[i] += numbers[i - ${width}];`,
    );
  }
  return lines;
}

/** Lines that set `bytes` to the bytes of `numbers`. */
function bytesLines(type: NumberCode, bigEndian: boolean): string[] {
  if (type === 'i24') {
    const write = bigEndian ? 'writeIntBE' : 'writeIntLE';
    return [
      'const bytes = Buffer.alloc(3 * numbers.length);',
      `for (const [i, number] of numbers.entries()) bytes.${write}(number, 3 * i, 3);`,
    ];
  }
  const bits = 8 * bytesOf(type);
  return ['const bytes = Buffer.from(numbers.buffer);', ...(bigEndian && bits > 8 ? [`bytes.swap${bits}();`] : [])];
}

/** Lines that set `bytes` to the inflated bytes of the numbers. */
function inflateLines(type: NumberCode, from: number, hasPlanes: boolean): string[] {
  const size = bytesOf(type);
  const inflated = `inflateRawSync(data.subarray(${from}))`;
  if (!hasPlanes || size === 1) return [`const bytes = ${inflated};`];
  return [
    '// The first bytes of all numbers stand first, then the second bytes, and so on.',
    `const planes = ${inflated};`,
    `const count = planes.length / ${size};`,
    `const bytes = planes.map((_, i) => planes[(i % ${size}) * count + Math.floor(i / ${size})]);`,
  ];
}

/** Lines that write the file. */
function writePart(structure: Fields, output: string, frame: { prefix: string; suffix: string }): CodePart {
  const files = { 'node:fs': ['writeFileSync'] };
  if (structure.text('kind') !== 'png') {
    const parts = [frame.prefix, 'bytes', frame.suffix].filter(Boolean);
    const content = parts.length > 1 ? `Buffer.concat([${parts.join(', ')}])` : 'bytes';
    const imports = parts.length > 1 ? { ...files, 'node:zlib': ['inflateRawSync'] } : files;
    return { imports, lines: [`writeFileSync(${quoted(output)}, ${content});`] };
  }
  const [width, height, channels, depth] = ['width', 'height', 'channels', 'depth'].map((name) =>
    structure.integer(name),
  );
  const pixels = depth === 16 ? 'new Uint16Array(new Uint8Array(bytes).buffer)' : 'bytes';
  return {
    imports: { ...files, 'fast-png': ['encode'] },
    lines: [
      `const picture = { width: ${width}, height: ${height}, channels: ${channels}, depth: ${depth}, data: ${pixels} };`,
      `writeFileSync(${quoted(output)}, encode(picture));`,
    ],
  };
}

/** Lines that restore the file in `data` and write it to `output`. Errors: FormatError. */
export async function arrayParts({ structure, data }: Content, output: string): Promise<CodePart[]> {
  const type = structure.oneOf('type', numberTypes);
  const ranges = new DataRanges();
  const frameOf = (name: string): string => {
    const fields = structure.object(name);
    const { from, to } = ranges.next(fields.integer('bytes'));
    return fields.integer('size') ? `inflateRawSync(data.subarray(${from}, ${to}))` : '';
  };
  const frame = { prefix: frameOf('prefix'), suffix: frameOf('suffix') };
  const end = writePart(structure, output, frame);
  if (!structure.has('codec')) {
    const lines = inflateLines(type, ranges.next(0).from, structure.boolean('planes'));
    return [{ imports: { 'node:zlib': ['inflateRawSync'] }, lines }, end];
  }
  const codec = structure.object('codec');
  const width = codec.objects('scales').length;
  const rows = codec.integer('rows');
  const decode = await codecPart({ group: codec.object('group'), ranges, data, width, rows });
  const isExact = !structure.object('report').has('bound');
  const numbers = isFloat(type)
    ? [`const numbers = ${listNames[type]}.from(values.subarray(0, ${rows * width}));`]
    : integerLines(type, codec, isExact);
  return [decode, { imports: {}, lines: [...numbers, ...bytesLines(type, structure.boolean('bigEndian'))] }, end];
}
