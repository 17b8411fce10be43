// The data of a file: chunks one after the other, each with a length that the structure of the file states.

import { deflateSync, inflateSync } from 'fflate';
import { FormatError } from 'isthmus';

/** A deflated chunk: its bytes in the file, and the bytes that it inflates to. */
export interface DeflatedChunk {
  readonly bytes: number;
  readonly size: number;
}

/** DEFLATE at its highest level. `dictionary`: bytes to which the data may refer, see `jsonDictionary`. */
export const deflate = (bytes: Uint8Array, dictionary?: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(deflateSync(bytes, { level: 9, ...(dictionary && { dictionary }) }));

/** DEFLATE encodes at most 258 bytes in 2 bits. */
const MAX_RATIO = 1032;

const damaged = (): FormatError => new FormatError('corrupt', 'the file is damaged: a part of it cannot be inflated');

/**
 * Inflates to `size` bytes. No more memory than the deflated bytes can fill is allocated. Errors: FormatError for bytes that do
 * not inflate to this size.
 */
export function inflate(bytes: Uint8Array, size: number, dictionary?: Uint8Array): Uint8Array<ArrayBuffer> {
  if (size > MAX_RATIO * bytes.length) throw damaged();
  const target = new Uint8Array(size);
  let result: Uint8Array;
  try {
    result = inflateSync(bytes, { out: target, ...(dictionary && { dictionary }) });
  } catch {
    throw damaged();
  }
  if (result.length !== size) throw damaged();
  return target;
}

/** Collects chunks. */
export class ChunkWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends bytes and returns their number. */
  add(bytes: Uint8Array): number {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    return bytes.length;
  }

  /** Appends bytes after they are deflated. */
  deflate(bytes: Uint8Array): DeflatedChunk {
    return { bytes: this.add(deflate(bytes)), size: bytes.length };
  }

  /** Appends a text in UTF-8 after it is deflated. */
  text(text: string): DeflatedChunk {
    return this.deflate(new TextEncoder().encode(text));
  }

  /** All chunks in one array. */
  join(): Uint8Array<ArrayBuffer> {
    const joined = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, offset);
      offset += chunk.length;
    }
    return joined;
  }
}

/** Takes chunks in the order in which they were written. */
export class ChunkReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next bytes. Errors: FormatError beyond the end. */
  take(count: number): Uint8Array {
    const end = this.#offset + count;
    if (end > this.#bytes.length) throw new FormatError('truncated', 'the file is damaged: its end is missing');
    const chunk = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return chunk;
  }

  /** All bytes that are left. */
  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#offset);
  }

  inflate({ bytes, size }: DeflatedChunk, dictionary?: Uint8Array): Uint8Array<ArrayBuffer> {
    return inflate(this.take(bytes), size, dictionary);
  }

  /** Errors: FormatError for bytes that are not UTF-8. */
  text(chunk: DeflatedChunk): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.inflate(chunk));
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw damaged();
    }
  }
}
