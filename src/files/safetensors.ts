// The safetensors format by Hugging Face: the length of the header in 8 bytes, little-endian; the header as JSON; the data.
// Files are checked as strictly as by the reference implementation: tensors neither overlap nor leave gaps.

import { concat, fromUtf8, utf8, viewOf } from '../core/bytes.ts';
import { formatError, show } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import { refuseForeign } from './foreign-formats.ts';

/** Bytes of an element, by type. */
const sizes = {
  BOOL: 1, U8: 1, I8: 1, F8_E5M2: 1, F8_E4M3: 1, F8_E8M0: 1, I16: 2, U16: 2, F16: 2, BF16: 2,
  I32: 4, U32: 4, F32: 4, F64: 8, I64: 8, U64: 8,
} as const; // biome-ignore format: a table

/** The type of a tensor's elements in a `.safetensors` file, for `readSafetensors` and `writeSafetensors`. */
export type TensorType = keyof typeof sizes;

export interface Tensor {
  readonly dtype: TensorType;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly data: Uint8Array;
}

/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/** A file with these tensors. The bytes do not depend on the order of the map. */
export function serializeTensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  // Larger elements first: then each tensor is aligned to the size of its elements.
  const order = [...tensors].sort(([a, s], [b, t]) => sizes[t.dtype] - sizes[s.dtype] || (a < b ? -1 : 1));
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length) entries.push(['__metadata__', metadata]);
  let end = 0;
  for (const [name, { dtype, shape, data }] of order) {
    entries.push([name, { dtype, shape, data_offsets: [end, end + data.length] }]);
    end += data.length;
  }
  const json = utf8(JSON.stringify(Object.fromEntries(entries)));
  const spaces = new Uint8Array(-json.length & 7).fill(0x20);
  const length = new Uint8Array(8);
  viewOf(length).setUint32(0, json.length + spaces.length, true);
  return concat([length, json, spaces, ...order.map(([, { data }]) => data)]);
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first character of a header. */
const BRACE = 0x7b;

/** The first bytes of a file for an error: as text if they are text. */
function beginningOf(bytes: Uint8Array): string {
  const [text] = /^(?:\xef\xbb\xbf)?[\t-\r -~]{3,}/.exec(String.fromCharCode(...bytes.subarray(0, 40))) ?? [];
  const hex = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `bytes ${text ? `that begin ${show(text)} (is the address right?)` : hex}`;
}

/** The header as an object. */
function headerOf(bytes: Uint8Array, expected: string): { header: Record<string, unknown>; start: number } {
  refuseForeign(bytes, 'file', expected);
  if (bytes.length < 8)
    throw formatError('truncated', 'file', 'at least 8 bytes', bytes.length ? beginningOf(bytes) : 'an empty one');
  const length = Number(viewOf(bytes).getBigUint64(0, true));
  // A file that begins like one of ours is truncated; another file has any length in its first bytes.
  if (length > bytes.length - 8 && (bytes[7] || (bytes[8] ?? BRACE) !== BRACE))
    throw formatError('model', 'file', expected, beginningOf(bytes));
  if (length > MAX_HEADER_BYTES)
    throw formatError('limit', 'file', `.safetensors with a header of at most ${MAX_HEADER_BYTES} bytes`, length);
  const start = 8 + length;
  if (start > bytes.length) throw formatError('truncated', 'file', `a header of ${length} bytes`, bytes.length - 8);
  let header: unknown;
  let text = '';
  try {
    text = fromUtf8(bytes.subarray(8, start));
    header = JSON.parse(text);
  } catch {
    throw formatError('corrupt', 'header', 'JSON', 'other bytes');
  }
  if (!text.startsWith('{') || !isObject(header))
    throw formatError('corrupt', 'header', 'a JSON object', 'another value');
  const names = topLevelKeys(text);
  if (new Set(names).size !== names.length) throw formatError('corrupt', 'header', 'each name once', 'one twice');
  return { header, start };
}

/** The keys of the outermost object of valid JSON, with repetitions: JSON.parse would keep only the last one of each. */
function topLevelKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const token = text[i];
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (token !== '"') continue;
    const start = i++;
    // A regular expression over a long string would overflow the stack.
    while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
    if (depth !== 1) continue;
    let next = i + 1;
    while (' \t\n\r'.includes(text[next]!)) next++;
    if (text[next] === ':') keys.push(JSON.parse(text.slice(start, i + 1)));
  }
  return keys;
}

function tensorOf(name: string, entry: unknown, data: Uint8Array): { tensor: Tensor; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = Object(entry);
  const counts = [shape, offsets].every((list) => Array.isArray(list) && list.every(isCount));
  if (!counts || offsets.length !== 2 || typeof dtype !== 'string' || !Object.hasOwn(sizes, dtype)) {
    throw formatError('corrupt', name, '{ dtype, shape, data_offsets }', show([dtype, shape, offsets]));
  }
  const [begin, end] = offsets as [number, number];
  const bytes = sizeOf(shape) * sizes[dtype as TensorType];
  if (end - begin !== bytes)
    throw formatError('corrupt', `${name}.data_offsets`, `${bytes} bytes, by its shape`, end - begin);
  if (end > data.length) throw formatError('truncated', name, `data up to byte ${end}`, data.length);
  return { tensor: { dtype: dtype as TensorType, shape, data: data.subarray(begin, end) }, begin, end };
}

/**
 * The tensors and metadata of a file. `data` of a tensor is a view of `bytes`. `expected`: the expected file in errors.
 * Errors: FormatError for all invalid bytes.
 */
export function parseTensors(
  bytes: Uint8Array,
  expected = 'a .safetensors file of isthmus',
): { tensors: Map<string, Tensor>; metadata: Record<string, string> } {
  const { header, start } = headerOf(bytes, expected);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw formatError('corrupt', '__metadata__', 'strings by name', 'other values');
  }
  const data = bytes.subarray(start);
  const found = Object.entries(entries).map(([name, entry]) => ({ name, ...tensorOf(name, entry, data) }));
  let position = 0;
  for (const { name, begin, end } of [...found].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position)
      throw formatError('corrupt', `${name}.data_offsets`, `a begin at ${position}, behind the tensor before`, begin);
    position = end;
  }
  if (position !== data.length) throw formatError('corrupt', 'file', `${position} bytes of data`, data.length);
  return {
    tensors: new Map(found.map(({ name, tensor }) => [name, tensor])),
    metadata: metadata as Record<string, string>,
  };
}
