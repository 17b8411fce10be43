// Reads bytes from the sources that loaders accept.

import { asBytes } from '../core/bytes.ts';
import { type FormatError, formatError, wrongType } from '../core/errors.ts';
import type { BlobLike, ResponseLike, UrlLike } from '../core/types.ts';
import { type ResponseSource, readResponse } from './read-response.ts';

/** Bytes of a file, or a URL, a `Response`, a `Blob` or a `File` to read them from. */
export type ModelSource = ArrayBufferView | ArrayBuffer | ResponseLike | UrlLike | BlobLike;

/** The part of `process` that Node and compatible runtimes have. */
interface Process {
  getBuiltinModule?(name: string): { readFile(path: URL): Promise<BodyInit> };
}

/** Fetches a URL. `fetch` of Node does not read files, so `file:` URLs are read by `node:fs`. */
export async function fetchUrl({ href }: UrlLike): Promise<ResponseLike> {
  const { process } = globalThis as { process?: Process };
  const files = href.startsWith('file:') && process?.getBuiltinModule?.('node:fs/promises');
  return files ? new Response(await files.readFile(new URL(href))) : fetch(href);
}

/** The error for more bytes than `maxBytes`. */
export const tooLarge = (name: string, bytes: number, limit: number): FormatError =>
  formatError('limit', name, `at most ${limit} bytes, or a larger maxBytes`, bytes);

/**
 * The bytes of a source. Errors: TypeError for other values; errors of `fetch` and of reading a file; FormatError `truncated` for a
 * response that is not ok, `limit` for more than `limit` bytes.
 */
export async function readSource(source: ModelSource, limit: number): Promise<Uint8Array> {
  let bytes = asBytes(source);
  if (!bytes) {
    // Recognised by members: in Workers with a compatibility date before September 2024 both are "[object Object]".
    const { href, arrayBuffer } = (source ?? {}) as Partial<UrlLike & BlobLike>;
    if (typeof href !== 'string' && typeof arrayBuffer !== 'function')
      throw wrongType('source', 'bytes, a Response or a URL, such as new URL(path, import.meta.url)', source);
    const response = (typeof href === 'string' ? await fetchUrl(source as UrlLike) : source) as ResponseLike &
      BlobLike &
      ResponseSource;
    // A Blob has no status.
    if (response.ok === false)
      throw formatError(
        'truncated',
        'source',
        'a response that is ok',
        `status ${response.status}${response.url ? ` of ${response.url}` : ''}`,
      );
    bytes = await readResponse(response, limit);
  }
  if (bytes.length > limit) throw tooLarge('source', bytes.length, limit);
  return bytes;
}
