// The streams of a codec that lives in the worker. Not all browsers can transfer streams, so each chunk is a call.

import type { Through } from '../../codec/streams.ts';
import type { RemoteCall } from './messages.ts';

/**
 * A pair of streams on the page over a reader and a writer in the worker, by their ids. `handle` is reachable as long as the
 * readable stream is: when it is collected, the reader and the writer can be released.
 */
export function remoteStreams(call: RemoteCall, reader: number, writer: number): { streams: Through; handle: object } {
  let source!: ReadableStreamDefaultController;
  let sink!: WritableStreamDefaultController;
  const handle: UnderlyingDefaultSource = {
    start(controller) {
      source = controller;
    },
    async pull(controller) {
      const { done, value } = (await call(reader, 'read', [])) as ReadableStreamReadResult<unknown>;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      sink.error(reason);
      await call(reader, 'cancel', []);
    },
  };
  // A mark of 0: a chunk is read from the worker only when the page reads one.
  const readable = new ReadableStream(handle, { highWaterMark: 0 });
  const writable = new WritableStream({
    start(controller) {
      sink = controller;
    },
    write: (chunk) => call(writer, 'write', [chunk]) as Promise<void>,
    close: () => call(writer, 'close', []) as Promise<void>,
    async abort(reason) {
      source.error(reason);
      await call(writer, 'abort', []);
    },
  });
  return { streams: { readable, writable } as unknown as Through, handle };
}
