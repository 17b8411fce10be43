// A pair of streams in the worker as a pair on the page: transferring streams themselves is not for all browsers.

import type { Through } from '../../codec/streams.ts';
import type { Endpoint } from './endpoint.ts';

/** A reader and a writer in the worker as streams. `held` lives as long as they are in use. */
export function remoteStreams(worker: Endpoint, read: number, write: number): { streams: Through; held: object } {
  let source!: ReadableStreamDefaultController;
  let sink!: WritableStreamDefaultController;
  const held: UnderlyingDefaultSource = {
    start(controller) {
      source = controller;
    },
    async pull(controller) {
      const { done, value } = (await worker.call(read, 'read', [])) as ReadableStreamReadResult<unknown>;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(why) {
      sink.error(why);
      await worker.call(read, 'cancel', []);
    },
  };
  // Takes from the worker what is asked for here, and no more.
  const readable = new ReadableStream(held, { highWaterMark: 0 });
  const writable = new WritableStream({
    start(controller) {
      sink = controller;
    },
    write: (chunk) => worker.call(write, 'write', [chunk]) as Promise<void>,
    close: () => worker.call(write, 'close', []) as Promise<void>,
    async abort(why) {
      source.error(why);
      await worker.call(write, 'abort', []);
    },
  });
  return { streams: { readable, writable } as unknown as Through, held };
}
