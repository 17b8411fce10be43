// Blocks of the bounded and the lossless mode, decoded as docs/format-bounded.md says: slow, and nothing of src/ in it.

import { codeBytes, type Picture, sizeOf } from './bytes.ts';
import { type Block, code, type Knowledge, nothing } from './residual.ts';

/** What a decoder needs to know of a model; `encode` for statistics at another bound than theirs alone. */
export interface Coded {
  readonly shape: readonly number[];
  /** Values of a code. */
  readonly latent: number;
  encode(x: Float32Array): Float32Array;
  decode(z: Float32Array): Float32Array;
}

const unitOf = (bound: number): number => (bound * 4095) / 131072;

function layoutOf(shape: readonly number[], rows: number, plane: boolean) {
  const size = shape.reduce((a, b) => a * b, rows);
  const flat = shape.length === 1;
  const channels = plane && flat ? 1 : shape.at(-1)!;
  const width = plane ? (flat ? shape[0]! : shape.at(-2)!) : size / channels;
  return { plane, lines: size / width / channels, width, channels };
}

const codesOf = (model: Coded, rows: number, step: number): Block => ({
  ...layoutOf([model.latent], rows, false),
  unit: unitOf(step / 2),
  bound: step / 2,
  escapes: false,
});

const sideOf = (values: Float32Array, unit: number): number[] =>
  Array.from(values, (v) =>
    Number.isNaN(v) ? 0 : Math.floor(Math.min(2 ** 29, Math.max(-(2 ** 29), v / unit)) + 0.5),
  );

interface Read {
  readonly how: number;
  readonly values: Float32Array;
  readonly knowledge: Knowledge | undefined;
}

/** One block. `known` gives what its stream begins with. */
function readBlock(
  model: Coded,
  payload: Uint8Array,
  rows: number,
  bound: number,
  step: number,
  known: (how: number) => Knowledge | undefined,
): Read {
  const how = payload[0]!;
  if (how === 8) return { how, values: new Float32Array(payload.slice(1).buffer), knowledge: undefined };
  const unit = unitOf(bound);
  let at = 1;
  let side: number[] | undefined;
  if (how & 2) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = payload[at++]!;
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const z = code(nothing(), codesOf(model, rows, step), payload.slice(at, at + length)) as Float32Array;
    side = sideOf(model.decode(z), unit);
    at += length;
  }
  const knowledge = known(how & 3) ?? nothing();
  const block: Block = { ...layoutOf(model.shape, rows, (how & 1) > 0), unit, bound, escapes: (how & 4) > 0, side };
  return { how, values: code(knowledge, block, payload.slice(at)) as Float32Array, knowledge };
}

/** What streams like that of the tables begin with, at another bound. */
function again(model: Coded, { how, values }: Read, bound: number, step: number): Knowledge | undefined {
  const size = model.shape.reduce((a, b) => a * b, 1);
  const unit = unitOf(bound);
  let side: number[] | undefined;
  if (how & 2) {
    const block = codesOf(model, values.length / size, step);
    const bytes = code(nothing(), block, model.encode(values)) as Uint8Array | undefined;
    if (!bytes || bytes.length >= model.latent * 4 * (values.length / size)) return undefined;
    side = sideOf(model.decode(code(nothing(), block, bytes) as Float32Array), unit);
  }
  for (const escapes of [false, true]) {
    const knowledge = nothing();
    const layout = layoutOf(model.shape, values.length / size, (how & 1) > 0);
    const bytes = code(knowledge, { ...layout, unit, bound, escapes, side }, values);
    if (bytes && bytes.length < values.byteLength) return knowledge;
  }
  return undefined;
}

/** A block's values. */
export function decodeBounded(
  model: Coded,
  tables: Uint8Array,
  payload: Uint8Array,
  rows: number,
  bound: number,
): Float32Array {
  const view = new DataView(tables.buffer, tables.byteOffset, tables.length);
  const [own, step] = [view.getFloat64(0, true), view.getFloat64(8, true)];
  const first = readBlock(model, tables.slice(20), view.getUint32(16, true), own, step, () => undefined);
  const warm = own === bound ? first.knowledge : first.how === 8 ? undefined : again(model, first, bound, step);
  return readBlock(model, payload, rows, bound, step, (how) => (how === (first.how & 3) ? warm : undefined)).values;
}

export function decodeLossless(
  shape: readonly number[],
  tables: Uint8Array,
  payload: Uint8Array,
  rows: number,
): Uint8Array {
  if (payload[0] === 1) return payload.slice(1);
  const view = new DataView(tables.buffer, tables.byteOffset, tables.length);
  const [width, count] = [view.getUint32(0, true), view.getUint32(4, true)];
  const channels = shape.length > 1 ? shape.at(-1)! : 1;
  const picture: Picture = { height: shape.reduce((a, b) => a * b, 1) / width / channels, width, channels };
  const before = count ? codeBytes(picture, count, tables.slice(8), true).coder : undefined;
  return codeBytes(picture, rows, payload.slice(1), true, before).bytes.subarray(0, rows * sizeOf(picture));
}
