// Describes the content of a compressed file without restoring the file.

import { FormatError } from 'isthmus';
import { columnKinds } from '../table/pack-columns.ts';
import { uniqueNames } from '../table/parse.ts';
import { readFormat } from '../table/structure.ts';
import { ChunkReader } from './chunks.ts';
import { readContainer } from './container.ts';
import type { Fields } from './fields.ts';
import { type Kind, kinds } from './kinds.ts';
import { numberTypes } from './number-bytes.ts';

/** A column of a table, or an array. */
export interface PartDescription {
  readonly name: string;
  readonly kind: string;
  /** Bytes in the file. */
  readonly bytes: number;
  /** Largest absolute error that was asked for; undefined for parts that are restored exactly. */
  readonly bound: number | undefined;
  /** Largest absolute error that was measured. */
  readonly maxError: number;
}

export interface FileDescription {
  readonly kind: Kind;
  /** What was compressed, such as `a table of 1,440 rows and 5 columns`. */
  readonly title: string;
  /** Bytes of the file that it restores; of a picture bytes of its pixels; undefined for archives. */
  readonly restoredBytes: number | undefined;
  readonly compressedBytes: number;
  readonly parts: readonly PartDescription[];
}

const count = (value: number, unit: string): string =>
  `${value.toLocaleString('en-US')} ${unit}${value === 1 ? '' : 's'}`;

/** Bound and error of a report. */
const errorOf = (report: Fields): Pick<PartDescription, 'bound' | 'maxError'> => ({
  bound: report.has('bound') ? report.number('bound') : undefined,
  maxError: report.has('maxError') ? report.number('maxError') : 0,
});

function tableParts(structure: Fields): PartDescription[] {
  const columns = structure.objects('columns');
  const reports = structure.objects('reports');
  const { header } = readFormat(structure.object('format'), Number.MAX_SAFE_INTEGER);
  const names = uniqueNames(header, columns.length);
  return columns.map((column, i) => {
    const report = reports[i];
    if (!report) throw new FormatError('corrupt', 'the file is damaged: reports of columns are missing');
    return {
      name: names[i]!,
      kind: column.oneOf('kind', columnKinds),
      bytes: report.integer('bytes'),
      ...errorOf(report),
    };
  });
}

function titleOf(kind: Kind, structure: Fields, parts: readonly PartDescription[]): string {
  switch (kind) {
    case 'csv':
      return `a table of ${count(structure.integer('rows'), 'row')} and ${count(parts.length, 'column')}`;
    case 'png':
      return `a picture of ${structure.integer('width')} × ${structure.integer('height')} pixels`;
    case 'wav': {
      const [frames = 0, channels = 1] = structure.integers('shape');
      const rate = structure.integer('rate');
      const seconds = rate > 0 ? `, ${(frames / rate).toFixed(1)} s` : '';
      return `a recording with ${count(channels, 'channel')} at ${rate} Hz${seconds}`;
    }
    case 'npy':
    case 'raw':
      return `an array of shape [${structure.integers('shape').join(', ')}], ${structure.oneOf('type', numberTypes)}`;
    case 'npz':
      return `an archive of ${count(structure.objects('members').length, 'member')}`;
    default:
      return 'a file, deflated without loss';
  }
}

function partsOf(kind: Kind, structure: Fields, data: Uint8Array): readonly PartDescription[] {
  if (kind === 'bytes') return [];
  if (kind === 'csv') return tableParts(structure);
  if (kind !== 'npz')
    return [{ name: kind, kind: 'array', bytes: data.length, ...errorOf(structure.object('report')) }];
  const chunks = new ChunkReader(data);
  return structure.objects('members').map((member) => {
    const bytes = member.integer('bytes');
    const { structure: inner } = readContainer(chunks.take(bytes));
    const errors = inner.has('report') ? errorOf(inner.object('report')) : { bound: undefined, maxError: 0 };
    return { name: member.text('name'), kind: inner.oneOf('kind', kinds), bytes, ...errors };
  });
}

/** Describes a compressed file. Errors: FormatError for bytes that are no such file, or that are damaged. */
export function describeFile(bytes: Uint8Array): FileDescription {
  const { structure, data } = readContainer(bytes);
  const kind = structure.oneOf('kind', kinds);
  const parts = partsOf(kind, structure, data);
  const restoredBytes = structure.has('output') ? structure.object('output').integer('bytes') : undefined;
  return { kind, title: titleOf(kind, structure, parts), restoredBytes, compressedBytes: bytes.length, parts };
}
