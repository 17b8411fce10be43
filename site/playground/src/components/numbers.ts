// Numbers as text for people.

/** Bytes with three digits: 812 B, 57.6 KB, 1.24 MB. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 999_500 ? [bytes / 1000, 'KB'] : [bytes / 1e6, 'MB'];
  return `${value < 999.5 ? value.toPrecision(3) : Math.round(value).toLocaleString('en')} ${unit}`;
}

/** A number with up to `digits` significant digits, without zeros at its end. */
export function shortNumber(value: number, digits = 3): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e-6 && size < 1e9 ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1);
}
