// Types of what users hand in, as little of each as is needed: a project without the types of a browser or of
// Node compiles against the package too.

/**
 * n samples end to end, row-major, channels last; or an array of samples, all of one type. Bytes are pixels, read as
 * value / 255. Numbers are rounded to float32. Buffers may be shared or resizable, and must keep their size until the
 * call is done.
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

/** The number of each sample's class, from 0. */
export type Labels = Uint8Array | Uint16Array | Int32Array | Uint32Array | readonly number[];

/** What is needed of an `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What is needed of a `Response`. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What is needed of a `Blob`, such as a `File`. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What is needed of a `URL`. */
export interface UrlLike {
  readonly href: string;
  readonly searchParams: object;
}
