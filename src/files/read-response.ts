// Bytes as they are received. In isthmus/slim all are, and then counted: see src/slim/stubs.ts.

import { bytesIn } from '../core/bytes.ts';
import type { BlobLike } from '../core/types.ts';

/** What not everything that is like a `Response` has. */
export interface Remote {
  readonly url?: string;
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** The bytes of a response; of a longer one than `most`, some more than that. */
export async function received(response: BlobLike & Remote, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = most < Infinity && response.body?.getReader();
  if (!reader) return bytesIn(await response.arrayBuffer())!;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let size = 0; size <= most; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  reader.cancel().catch(() => {});
  return received(new Blob(parts), Infinity);
}
