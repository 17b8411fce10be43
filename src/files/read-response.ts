// Reads a response up to a limit. isthmus/slim reads it to its end: see src/slim/stubs.ts.

import { asBytes } from '../core/bytes.ts';
import type { BlobLike } from '../core/types.ts';

/** Members that only some values like a `Response` have. */
export interface ResponseSource {
  readonly url?: string;
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** The bytes of a response. Reading stops when there are more than `limit` bytes; the caller checks the length. */
export async function readResponse(
  response: BlobLike & ResponseSource,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = limit < Infinity && response.body?.getReader();
  if (!reader) return asBytes(await response.arrayBuffer())!;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let size = 0; size <= limit; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  reader.cancel().catch(() => {});
  return readResponse(new Blob(parts), Infinity);
}
