// Reads numbers and rows from JSON and from JSON lines.

import type { ArrayData, TableColumn, TableData } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The shape of nested lists, by their first items. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let item = value; Array.isArray(item); item = item[0]) shape.push(item.length);
  return shape;
}

/** Writes the numbers of nested lists one after the other; null becomes NaN. Errors: Failure for lists of other shapes. */
function flatten(value: unknown, shape: readonly number[], axis: number, into: Float64Array, offset: number): number {
  if (axis === shape.length) {
    if (value !== null && typeof value !== 'number')
      throw new Failure(`the JSON list expected numbers, got ${JSON.stringify(value)?.slice(0, 40)}`);
    into[offset] = value ?? Number.NaN;
    return offset + 1;
  }
  if (!Array.isArray(value) || value.length !== shape[axis])
    throw new Failure(`the JSON lists differ in length: expected ${shape[axis]} items on axis ${axis}`);
  let next = offset;
  for (const item of value) next = flatten(item, shape, axis + 1, into, next);
  return next;
}

/** One column from the values of a key. */
function columnOf(name: string, values: readonly unknown[]): TableColumn {
  const isNumber = values.every((value) => value === null || value === undefined || typeof value === 'number');
  if (isNumber) return { name, numbers: Float64Array.from(values, (value) => (value as number) ?? Number.NaN) };
  const texts = values.map((value) => {
    if (value === null || value === undefined) return '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  return { name, texts };
}

/** A table of objects. The columns are the keys of all objects, in the order in which they appear. */
export function tableOfRows(rows: readonly Row[]): TableData {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...names].map((name) =>
    columnOf(
      name,
      rows.map((row) => row[name]),
    ),
  );
  return { kind: 'table', rowCount: rows.length, columns };
}

function datasetOf(value: unknown): ArrayData | TableData {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isRow)) return tableOfRows(value);
    const shape = shapeOf(value);
    const data = new Float64Array(shape.reduce((product, side) => product * side, 1));
    flatten(value, shape, 0, data, 0);
    return { kind: 'array', shape, type: 'float64', data };
  }
  const columns = isRow(value) ? Object.entries(value) : [];
  const length = Array.isArray(columns[0]?.[1]) ? columns[0][1].length : 0;
  if (columns.length === 0 || !columns.every(([, list]) => Array.isArray(list) && list.length === length))
    throw new Failure(
      'the JSON is neither a list of numbers, nor a list of objects, nor an object of lists of equal length: make it one of these',
    );
  return {
    kind: 'table',
    rowCount: length,
    columns: columns.map(([name, list]) => columnOf(name, list as readonly unknown[])),
  };
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(`${where} is not valid JSON: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Numbers or rows of JSON text. Errors: Failure for text that is not JSON, and for values that are neither. */
export const readJson = (text: string): ArrayData | TableData => datasetOf(parse(text, 'the file'));

/** Numbers or rows of JSON lines. Empty lines are skipped. Errors: as `readJson`, with the number of the line. */
export function readJsonLines(text: string): ArrayData | TableData {
  const values: unknown[] = [];
  for (const [i, line] of text.split('\n').entries()) if (line.trim()) values.push(parse(line, `line ${i + 1}`));
  if (values.length === 0) throw new Failure('the file has no lines');
  return datasetOf(values);
}

/** Whether the text is JSON lines: its first line alone is a whole object or list, and more lines follow. */
export function isJsonLines(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0 || text.slice(end).trim() === '') return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}
