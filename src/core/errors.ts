/** Why bytes cannot be read, see `FormatError`. */
export type FormatErrorCode = 'truncated' | 'corrupt' | 'version' | 'model' | 'limit';

/**
 * Bytes that cannot be read. `code` is the likely reason: `truncated`, the end is missing; `corrupt`, the content contradicts
 * itself; `version`, a newer version of isthmus wrote it; `model`, the file is intact but of another kind or for another model;
 * `limit`, it needs more than a limit allows.
 *
 * @example
 * ```ts
 * import { FormatError, loadModel } from 'isthmus';
 *
 * const error = await loadModel(Uint8Array.of(1, 2, 3)).catch((reason) => reason);
 * console.log(error instanceof FormatError, error.code);
 * // prints true truncated
 * ```
 */
export class FormatError extends Error {
  /** `'FormatError'` */
  override readonly name = 'FormatError';
  /** The likely reason. */
  readonly code: FormatErrorCode;

  constructor(code: FormatErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The runtime lacks a feature. `feature` is its name; the message says what to do.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, UnsupportedError } from 'isthmus';
 *
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const result = await autoencoder(spec).catch((error) => {
 *   if (error instanceof UnsupportedError) return `no ${error.feature} here`; // such as WebAssembly SIMD
 *   throw error;
 * });
 * console.log(typeof result);
 * // prints object
 * ```
 */
export class UnsupportedError extends Error {
  /** `'UnsupportedError'` */
  override readonly name = 'UnsupportedError';
  /** Name of the missing feature, such as `WebAssembly SIMD`. */
  readonly feature: string;

  constructor(feature: string, remedy?: string, options?: ErrorOptions) {
    super(`this runtime lacks ${feature}${remedy ? `: ${remedy}` : ''}`, options);
    this.feature = feature;
  }
}

/**
 * A value as an error message shows it: short, strings in quotes. Not JSON.stringify, whose time grows with the square of the
 * depth of nested lists and which recurses for each level: a file can hold millions of levels.
 */
export function show(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return `function ${value.name}`.trim();
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}(${(value as Uint8Array).length ?? value.byteLength})`;
  if (Array.isArray(value)) {
    const isShort = value.length <= 6 && depth < 3;
    return isShort ? `[${value.map((item) => show(item, depth + 1)).join(', ')}]` : `Array(${value.length})`;
  }
  const name = value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1);
  if (name === 'Object') return 'an object';
  return name === 'Promise' ? 'a Promise (await it)' : name;
}

/** The error for a value of the wrong type: `"latent" expected integer 1..4096, got "8"`. */
export function wrongType(name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`"${name}" expected ${expected}, got ${show(got)}`);
}

/** The error for a wrong value of the right type: `"latent" expected integer 1..4096, got 0`. `shown`: the text after "got". */
export function wrongValue(name: string, expected: string, got: unknown, shown = show(got)): RangeError {
  return new RangeError(`"${name}" expected ${expected}, got ${shown}`);
}

/** The error for bytes that cannot be read. `got` is not put in quotes. */
export function formatError(code: FormatErrorCode, name: string, expected: string, got: unknown): FormatError {
  return new FormatError(code, `"${name}" expected ${expected}, got ${got}`);
}
