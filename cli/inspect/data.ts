// Files of data: arrays, tables, pictures and recordings.

import type { ArrayData, TableColumn, TableData } from '../../jobs/dataset.ts';
import { orientationOf, readJpegHeader } from '../formats/jpeg.ts';
import { listNpz } from '../formats/npz.ts';
import { chunksOf, readPngHeader } from '../formats/png.ts';
import { readWavHeader } from '../formats/wav.ts';
import type { Fact, Item, Report } from './report.ts';

const rounded = (value: number): number => Number(value.toPrecision(6));

/** Range and mean of numbers; the missing ones (NaN) are counted. */
function statistics(values: Iterable<number | bigint>) {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let count = 0;
  let missing = 0;
  for (const item of values) {
    const value = Number(item);
    if (Number.isNaN(value)) missing++;
    else {
      count++;
      sum += value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  if (count === 0) return { missing };
  return { minimum: rounded(minimum), maximum: rounded(maximum), mean: rounded(sum / count), missing };
}

const trainUse = 'isthmus train FILE -o model.safetensors';

/** An array of numbers. */
export function describeArray(kind: string, { shape, type, data }: ArrayData): Report {
  const { missing, ...range } = statistics(data);
  const uses = shape.length > 1 ? [trainUse] : ['isthmus train FILE --window 64 -o model.safetensors'];
  return { kind, facts: { shape, type, ...range, missing: missing || undefined }, uses };
}

/** The arrays of an `.npz` file. */
export function describeNpz(bytes: Uint8Array): Report {
  const items = listNpz(bytes).map(({ name, shape, type }) => ({ array: name, type, shape }));
  const largest = items.find(({ shape }) => shape.length > 1) ?? items[0];
  return {
    kind: 'arrays of NumPy (.npz)',
    facts: { arrays: items.length },
    list: { name: 'arrays', items },
    uses: largest ? [`isthmus train FILE:${largest.array} -o model.safetensors`] : [],
  };
}

/** Date and time, or the time alone for a column of times of the day, whose milliseconds count from midnight. */
function timeText(texts: readonly string[] | undefined, last: number): (time: number | undefined) => Fact {
  const isTimeOfDay = last < 86_400_000 && texts !== undefined && !texts.some((text) => text.includes('1970'));
  return (time) => (time === undefined ? undefined : new Date(time).toISOString().slice(isTimeOfDay ? 11 : 0, 16));
}

function describeColumn({ name, numbers, times, texts, missingCode }: TableColumn): Item {
  if (numbers) {
    const { missing, ...range } = statistics(numbers);
    return { column: name, type: 'number', ...range, missing: missing || undefined, 'missing?': missingCode };
  }
  if (times) {
    const present = times.filter((time) => !Number.isNaN(time));
    const missing = times.length - present.length;
    present.sort();
    const text = timeText(texts, present.at(-1) ?? 0);
    return {
      column: name,
      type: 'time',
      minimum: text(present[0]),
      maximum: text(present.at(-1)),
      missing: missing || undefined,
    };
  }
  return { column: name, type: 'text', different: new Set(texts).size };
}

/** A table. */
export function describeTable(kind: string, { rowCount, columns, warnings }: TableData): Report {
  const hasTimes = columns.some(({ times }) => times);
  const codes = [...new Set(columns.flatMap(({ missingCode }) => missingCode ?? []))];
  return {
    kind,
    facts: { rows: rowCount, columns: columns.length, note: warnings?.join('; ') || undefined },
    list: { name: 'columns', items: columns.map(describeColumn) },
    uses: [
      'isthmus compress FILE --max-error 0.01',
      ...(hasTimes ? ['isthmus detect FILE'] : ['isthmus detect FILE --rows']),
      codes.length === 1 ? `isthmus train FILE --missing ${codes[0]} -o model.safetensors` : trainUse,
    ],
  };
}

function isComplete(png: Uint8Array): boolean {
  try {
    chunksOf(png);
    return true;
  } catch {
    return false;
  }
}

/** A PNG picture, by its header. */
export function describePng(bytes: Uint8Array): Report {
  const { width, height, depth, channels, colorType, interlaced } = readPngHeader(bytes);
  const colors: Readonly<Record<number, string>> = { 1: 'gray', 2: 'gray and alpha', 3: 'RGB', 4: 'RGB and alpha' };
  return {
    kind: 'a PNG picture',
    facts: {
      width,
      height,
      megapixels: rounded((width * height) / 1e6),
      colors: colorType === 3 ? 'palette' : colors[channels],
      bits: depth,
      interlaced: interlaced || undefined,
      note: isComplete(bytes) ? undefined : 'truncated: its end is missing',
    },
    uses: ['isthmus denoise FILE'],
  };
}

/** A JPEG photograph, by its header. */
export function describeJpeg(bytes: Uint8Array): Report {
  const { width, height, channels, coding } = readJpegHeader(bytes);
  const orientation = orientationOf(bytes);
  return {
    kind: 'a JPEG photograph',
    facts: {
      width,
      height,
      megapixels: rounded((width * height) / 1e6),
      components: channels,
      coding,
      'EXIF orientation': orientation === 1 ? undefined : orientation,
      note: Buffer.from(bytes.subarray(-65536)).includes('\xff\xd9', 0, 'latin1')
        ? undefined
        : 'truncated: its end is missing',
    },
    uses: ['isthmus denoise FILE'],
  };
}

const codings: Readonly<Record<number, string>> = { 1: 'integers', 3: 'floats', 6: 'A-law', 7: 'µ-law', 17: 'ADPCM' };

/** A WAV recording, by its header. */
export function describeWav(bytes: Uint8Array): Report {
  const { coding, channels, rate, bits, frames } = readWavHeader(bytes);
  return {
    kind: 'a WAV recording',
    facts: {
      seconds: rounded(frames / rate),
      rate,
      channels,
      bits,
      coding: codings[coding] ?? `coding ${coding}`,
    },
    uses: [
      'isthmus compress FILE --lossless',
      'isthmus denoise FILE',
      'isthmus train FILE --window 256 -o model.safetensors',
    ],
  };
}
