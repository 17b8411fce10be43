/** What went wrong with bytes that cannot be read. */
export type FormatErrorCode = 'truncated' | 'corrupt' | 'version' | 'model' | 'limit';

/**
 * Bytes that cannot be read. `code` says what probably happened: `truncated`, the end is missing;
 * `corrupt`, the content contradicts itself; `version`, a newer isthmus wrote it; `model`, it is a
 * sound file of another kind or for another model; `limit`, it asks for more than is allowed.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly code: FormatErrorCode;

  constructor(code: FormatErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A feature that this runtime lacks; `feature` names it, the message says what to do. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
  readonly feature: string;

  constructor(feature: string, remedy?: string, options?: ErrorOptions) {
    super(`this runtime lacks ${feature}${remedy ? `: ${remedy}` : ''}`, options);
    this.feature = feature;
  }
}

/**
 * How a value reads in an error message: short, and telling a string from a number. Not JSON: that takes the square of the
 * depth of a list, and a call for each level, which a file can make millions.
 */
export function show(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return `function ${value.name}`.trim();
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}(${(value as Uint8Array).length ?? value.byteLength})`;
  if (Array.isArray(value)) {
    const whole = value.length <= 6 && depth < 3;
    return whole ? `[${value.map((one) => show(one, depth + 1)).join(', ')}]` : `Array(${value.length})`;
  }
  const name = value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1);
  return name === 'Object' ? 'an object' : name === 'Promise' ? 'a Promise (await it)' : name;
}

/** `"latent" expected integer 1..4096, got 0`: of the wrong type. */
export function wrongType(name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`"${name}" expected ${expected}, got ${show(got)}`);
}

/** `"latent" expected integer 1..4096, got 0`: of the right type, with the wrong value, or with what `shown` says of it. */
export function wrongValue(name: string, expected: string, got: unknown, shown = show(got)): RangeError {
  return new RangeError(`"${name}" expected ${expected}, got ${shown}`);
}

/** The same of bytes that cannot be read; `got` stands there as it is. */
export function formatError(code: FormatErrorCode, name: string, expected: string, got: unknown): FormatError {
  return new FormatError(code, `"${name}" expected ${expected}, got ${got}`);
}
