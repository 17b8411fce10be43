// Where bytes come from.

import { asBytes } from '../core/bytes.ts';
import { type FormatError, formatError, wrongType } from '../core/errors.ts';
import type { BlobLike, ResponseLike, UrlLike } from '../core/types.ts';
import { type ResponseSource, readResponse } from './read-response.ts';

/** Bytes, or where they come from. */
export type ModelSource = ArrayBufferView | ArrayBuffer | ResponseLike | UrlLike | BlobLike;

/** What is there of Node's `process`, in Node and in runtimes that are made alike. */
interface Process {
  getBuiltinModule?(name: string): { readFile(path: URL): Promise<BodyInit> };
}

/** What a URL names. The `fetch` of Node reads no files. */
export async function fetchUrl({ href }: UrlLike): Promise<ResponseLike> {
  const { process } = globalThis as { process?: Process };
  const files = href.startsWith('file:') && process?.getBuiltinModule?.('node:fs/promises');
  return files ? new Response(await files.readFile(new URL(href))) : fetch(href);
}

/** The error of more bytes than are allowed. */
export const tooLarge = (name: string, bytes: number, most: number): FormatError =>
  formatError('limit', name, `at most ${most} bytes, or a larger maxBytes`, bytes);

/**
 * The bytes of a source. Errors: TypeError; what `fetch` throws, and reading a file; FormatError for a response that is not
 * ok, `limit` for more than `most` bytes.
 */
export async function readSource(source: ModelSource, most: number): Promise<Uint8Array> {
  let bytes = asBytes(source);
  if (!bytes) {
    // By what they can do: Workers of a date before September 2024 call both "[object Object]".
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
    bytes = await readResponse(response, most);
  }
  if (bytes.length > most) throw tooLarge('source', bytes.length, most);
  return bytes;
}
