// Bytes as they are received. In isthmus/slim all are, and then counted: see src/slim/stubs.ts.

import { asBytes } from '../core/bytes.ts';
import type { BlobLike } from '../core/types.ts';

/** What not everything that is like a `Response` has. */
export interface ResponseSource {
  readonly url?: string;
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** The bytes of a response; of a longer one than `most`, some more than that. */
export async function readResponse(
  response: BlobLike & ResponseSource,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = most < Infinity && response.body?.getReader();
  if (!reader) return asBytes(await response.arrayBuffer())!;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let size = 0; size <= most; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  reader.cancel().catch(() => {});
  return readResponse(new Blob(parts), Infinity);
}
