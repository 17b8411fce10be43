// Decoders for blocks of the bounded and the lossless mode, written from docs/format-bounded.md. They share no code with src/.

import { codeBytes, type Picture, sizeOf } from './bytes.ts';
import { type Block, type CoderState, code, initialState } from './residual.ts';

/** The model of a codec, and its options. `encode` is only used for tables whose bound differs from that of the block. */
export interface Coded {
  readonly shape: readonly number[];
  /** Number of values in a code. */
  readonly latent: number;
  encode(x: Float32Array): Float32Array;
  decode(z: Float32Array): Float32Array;
  /** In version 2: values are bytes; a bound for each channel. */
  readonly pixels?: boolean;
  readonly bounds?: readonly number[];
}

const unitOf = (bound: number): number => (bound * 4095) / 131072;

/** Units and bounds of the values of a stream, for a block with this bound. */
function gridOf({ pixels, bounds }: Coded, bound: number) {
  const list = (bounds ?? [bound]).map((b) => (pixels ? (Math.min(255, Math.floor(b)) + 0.5) / 255 : b));
  return list.map((b) => ({ unit: unitOf(b), bound: b }));
}

const bytesOf = (values: Float32Array): Uint8Array =>
  Uint8Array.from(values, (v) => (Number.isNaN(v) ? 0 : Math.floor(Math.min(255, Math.max(0, 255 * v)) + 0.5)));

const floatsOf = (values: Float32Array | Uint8Array): Float32Array =>
  values instanceof Uint8Array ? Float32Array.from(values, (v) => v / 255) : values;

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

const predictionOf = (values: Float32Array, grid: ReturnType<typeof gridOf>): number[] =>
  Array.from(values, (v, i) => {
    const scaled = v / grid[i % grid.length]!.unit;
    return Number.isNaN(scaled) ? 0 : Math.floor(Math.min(2 ** 29, Math.max(-(2 ** 29), scaled)) + 0.5);
  });

interface DecodedBlock {
  readonly flags: number;
  readonly values: Float32Array | Uint8Array;
  readonly state: CoderState | undefined;
}

/** One block. `priorState` returns the state that its stream begins with. */
function readBlock(
  model: Coded,
  payload: Uint8Array,
  rows: number,
  bound: number,
  step: number,
  priorState: (flags: number) => CoderState | undefined,
): DecodedBlock {
  const flags = payload[0]!;
  const rest = payload.slice(1);
  if (flags === 8) return { flags, values: model.pixels ? rest : new Float32Array(rest.buffer), state: undefined };
  const grid = gridOf(model, bound);
  let at = 1;
  let modelPrediction: number[] | undefined;
  if (flags & 2) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = payload[at++]!;
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const z = code(initialState(), codesOf(model, rows, step), payload.slice(at, at + length)) as Float32Array;
    modelPrediction = predictionOf(model.decode(z), grid);
    at += length;
  }
  const state = priorState(flags & 3) ?? initialState();
  const layout = layoutOf(model.shape, rows, (flags & 1) > 0);
  const block: Block = { ...layout, ...grid[0]!, grid, escapes: (flags & 4) > 0, modelPrediction };
  const values = code(state, block, payload.slice(at)) as Float32Array;
  return { flags, values: model.pixels ? bytesOf(values) : values, state };
}

/** The state that streams begin with whose bound differs from that of the tables. */
function stateAtBound(
  model: Coded,
  { flags, values }: DecodedBlock,
  bound: number,
  step: number,
): CoderState | undefined {
  const size = model.shape.reduce((a, b) => a * b, 1);
  const grid = gridOf(model, bound);
  const floats = floatsOf(values);
  let modelPrediction: number[] | undefined;
  let head = 1;
  if (flags & 2) {
    const block = codesOf(model, values.length / size, step);
    const bytes = code(initialState(), block, model.encode(floats)) as Uint8Array | undefined;
    if (!bytes || bytes.length >= model.latent * 4 * (values.length / size)) return undefined;
    modelPrediction = predictionOf(model.decode(code(initialState(), block, bytes) as Float32Array), grid);
    // The varint of the length, and the codes.
    head += Math.floor((bytes.length.toString(2).length + 6) / 7) + bytes.length;
  }
  for (const escapes of [false, true]) {
    const state = initialState();
    const layout = layoutOf(model.shape, values.length / size, (flags & 1) > 0);
    const bytes = code(state, { ...layout, ...grid[0]!, grid, escapes, modelPrediction }, floats);
    if (!bytes || bytes.length >= floats.byteLength) continue;
    if (!model.pixels || head + bytes.length < 1 + values.length) return state;
  }
  return undefined;
}

/** The values of a block of the bounded mode. */
export function decodeBounded(
  model: Coded,
  tables: Uint8Array,
  payload: Uint8Array,
  rows: number,
  bound: number,
): Float32Array | Uint8Array {
  const view = new DataView(tables.buffer, tables.byteOffset, tables.length);
  const [own, step] = [view.getFloat64(0, true), view.getFloat64(8, true)];
  const first = readBlock(model, tables.slice(20), view.getUint32(16, true), own, step, () => undefined);
  const same = String(gridOf(model, own).map((g) => g.bound)) === String(gridOf(model, bound).map((g) => g.bound));
  const otherState = first.flags === 8 ? undefined : stateAtBound(model, first, bound, step);
  const prior = same ? first.state : otherState;
  const stateFor = (flags: number) => (flags === (first.flags & 3) ? prior : undefined);
  return readBlock(model, payload, rows, bound, step, stateFor).values;
}

/** The values of a block of the lossless mode. */
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
  const prior = count ? codeBytes(picture, count, tables.slice(8), true).coder : undefined;
  return codeBytes(picture, rows, payload.slice(1), true, prior).bytes.subarray(0, rows * sizeOf(picture));
}
