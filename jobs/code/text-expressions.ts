// Expressions of JavaScript that print integers as numbers and as times.

import type { Fields } from '../compress/fields.ts';
import { timeFields } from '../table/time-text.ts';

/** A function that prints integers in units of the last decimal. */
export function numberText(format: Fields): string {
  const decimals = format.integer('decimals', 0, 22);
  const minDecimals = format.integer('minDecimals', 0, decimals);
  const mark = format.text('decimalMark');
  let text = decimals ? `(units / ${10 ** decimals}).toFixed(${decimals})` : 'String(units)';
  // Zeros at the end are dropped.
  if (minDecimals < decimals)
    text += minDecimals ? `.replace(/(\\.\\d{${minDecimals}}\\d*?)0+$/, '$1')` : ".replace(/\\.?0+$/, '')";
  if (mark === ',' && decimals) text += ".replace('.', ',')";
  if (format.boolean('grouped')) {
    const separator = mark === ',' ? '.' : ',';
    text += `.replace(/(?<!\\${mark}\\d*)\\B(?=(\\d{3})+(?!\\d))/g, '${separator}')`;
  }
  return `(units) => ${text}`;
}

const DAY_MS = 86_400_000;

/** A function that prints integers in the smallest unit of a pattern of times, see docs/format-table.md. */
export function timeText(pattern: string): string {
  const fields = timeFields(pattern);
  const digits = fields.find((field) => field.startsWith('f'))?.length ?? 0;
  const pieces = fields.map((field) => {
    if (field.startsWith('f')) return `\${fraction}`;
    if (field === 'M' || field === 'D' || field === 'h') return `\${Number(${field}${field})}`;
    return /^[A-Zhms]{2,}$/i.test(field) ? `\${${field}}` : field.replace(/[`\\$]/g, '\\$&');
  });
  const names = ['YYYY', 'MM', 'DD', 'hh', 'mm', 'ss'];
  const used = names.map((name) => (pieces.some((piece) => piece.includes(name)) ? name : ''));
  const list = used.join(', ').replace(/(, )+$/, '');
  const split = (time: string): string => `    const [${list}] = new Date(${time}).toISOString().split(/\\D/);`;
  const result = `    return \`${pieces.join('')}\`;`;
  let unit = DAY_MS;
  if (fields.includes('mm')) unit = 60_000;
  if (fields.includes('ss')) unit = 1000;
  if (!digits) return ['(units) => {', split(`units * ${unit}`), result, '  }'].join('\n');
  const perSecond = 10 ** digits;
  return [
    '(units) => {',
    `    const seconds = Math.floor(units / ${perSecond});`,
    `    const fraction = String(units - seconds * ${perSecond}).padStart(${digits}, '0');`,
    split('seconds * 1000'),
    result,
    '  }',
  ].join('\n');
}
