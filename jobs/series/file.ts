// The file of a trained detector: that of `detector.save()`, with the entry `isthmus.series` in its metadata. `loadDetector` reads
// the same file.

import { loadDetector } from 'isthmus';
import type { SeriesDetector } from './types.ts';

const KEY = 'isthmus.series';
const VERSION = 1;
/** Larger headers are no detectors: that of 1000 columns has 100 KB. */
const LONGEST_HEADER = 2 ** 24;

/** Length of the header's length in a `.safetensors` file. */
const LENGTH_BYTES = 8;

/** The header of a `.safetensors` file, and the position of its data. Errors: TypeError for other bytes. */
function headerOf(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < LENGTH_BYTES ? Number.NaN : Number(view.getBigUint64(0, true));
  if (!(length <= Math.min(LONGEST_HEADER, bytes.length - LENGTH_BYTES))) throw new TypeError(NO_DETECTOR);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
    const header = JSON.parse(text);
    if (typeof header === 'object' && header !== null) return { header, data: bytes.subarray(LENGTH_BYTES + length) };
  } catch {
    // Not JSON: the same message.
  }
  throw new TypeError(NO_DETECTOR);
}

const NO_DETECTOR = 'the file is no detector that findStrange has trained';

/** The bytes of a detector's file. */
export function writeDetector(series: SeriesDetector): Uint8Array<ArrayBuffer> {
  const { detector, ...settings } = series;
  const { header, data } = headerOf(detector.save());
  const metadata = { ...(header.__metadata__ as object), [KEY]: JSON.stringify({ version: VERSION, ...settings }) };
  const text = new TextEncoder().encode(JSON.stringify({ ...header, __metadata__: metadata }));
  const padding = -text.length & 7;
  const bytes = new Uint8Array(LENGTH_BYTES + text.length + padding + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length + padding), true);
  bytes.set(text, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + text.length, LENGTH_BYTES + text.length + padding);
  bytes.set(data, LENGTH_BYTES + text.length + padding);
  return bytes;
}

const isPositive = (value: unknown): value is number => Number.isFinite(value) && (value as number) > 0;

const isColumn = (value: unknown): boolean => {
  const { name, center, scale } = Object(value);
  return typeof name === 'string' && Number.isFinite(center) && isPositive(scale);
};

const areNumbers = (list: unknown, length: number): boolean =>
  Array.isArray(list) && list.length === length && list.every(Number.isFinite);

const areThresholds = (value: unknown): boolean => isPositive(Object(value).mean) && isPositive(Object(value).single);

/** Checks the statistics of the codes. */
function isCodes(value: unknown, latentShape: readonly number[]): boolean {
  const { mean, factor, thresholds } = Object(value);
  const size = latentShape[0]!;
  return (
    latentShape.length === 1 &&
    areNumbers(mean, size) &&
    Array.isArray(factor) &&
    factor.length === size &&
    factor.every((row, i) => areNumbers(row, size) && isPositive(row[i])) &&
    areThresholds(thresholds)
  );
}

/** Reads a detector's file. Errors: TypeError for other files; FormatError for a damaged one; UnsupportedError. */
export async function readDetector(bytes: Uint8Array<ArrayBuffer>): Promise<SeriesDetector> {
  const { header } = headerOf(bytes);
  const { [KEY]: text } = Object(header.__metadata__) as Record<string, unknown>;
  if (typeof text !== 'string') throw new TypeError(NO_DETECTOR);
  let settings: Partial<Record<keyof SeriesDetector | 'version', unknown>>;
  try {
    settings = Object(JSON.parse(text));
  } catch {
    throw new TypeError(NO_DETECTOR);
  }
  const { version, kind, columns, window, thresholds, codes, falseAlarms, step } = settings;
  if (version !== VERSION)
    throw new TypeError(`the detector has version ${version}; this version of isthmus reads version ${VERSION}`);
  const detector = await loadDetector(bytes);
  const shape = kind === 'rows' ? [Object(columns).length] : [window, Object(columns).length];
  const isValid =
    (kind === 'rows' ? window === 1 : kind === 'series' && Number.isInteger(window)) &&
    Array.isArray(columns) &&
    columns.every(isColumn) &&
    String(shape) === String(detector.model.inputShape) &&
    areThresholds(thresholds) &&
    (kind === 'rows' || isCodes(codes, detector.model.latentShape)) &&
    isPositive(falseAlarms) &&
    (step === undefined || isPositive(step));
  if (!isValid) throw new TypeError('the settings of the detector are damaged');
  return { kind, columns, window, thresholds, codes, falseAlarms, step, detector } as SeriesDetector;
}
