// Types of arguments of the public API. They name only the members that are used, so a project without the types of a
// browser or of Node compiles against the package.

/**
 * n samples in one array, row-major, channels last; or an array of n samples of one type. Bytes are read as value / 255.
 * Numbers are rounded to float32. Buffers may be shared or resizable, and must keep their size until the call ends.
 */
export type Samples =
  | Float32Array
  | Uint8Array
  | Uint8ClampedArray
  | readonly Float32Array[]
  | readonly (Uint8Array | Uint8ClampedArray)[]
  | readonly (readonly number[])[];

/** Samples of bytes. */
export type ByteSamples = Uint8Array | Uint8ClampedArray | readonly (Uint8Array | Uint8ClampedArray)[];

/** The class of each sample, an integer from 0. */
export type Labels = Uint8Array | Uint16Array | Int32Array | Uint32Array | readonly number[];

/** The members of `AbortSignal` that are used. */
export interface Signal {
  /** Whether the signal is aborted. */
  readonly aborted: boolean;
  /** The error with which a call rejects after an abort. */
  readonly reason: unknown;
  /** Throws `reason` if the signal is aborted. */
  throwIfAborted(): void;
  /** Calls `listener` when the signal is aborted. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Removes a listener. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The members of `Response` that are used. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The members of `Blob`, such as a `File`, that are used. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The members of `URL` that are used. */
export interface UrlLike {
  readonly href: string;
  readonly searchParams: object;
}
