// A pair of streams around a function from a chunk to any number of chunks. A TransformStream of the platform would
// take all of them at once; here the next is made when the one before has been taken.

import { yieldToEventLoop } from '../core/event-loop.ts';

/** `TransformStream` of this project's types, where it has them. */
export type Through = typeof globalThis extends {
  TransformStream: { new (...parameters: never[]): infer T };
}
  ? T
  : { readonly readable: object; readonly writable: object };

/**
 * `take` and `end` are generators: what they have not yet been asked for they have not made. At a number, and behind every
 * chunk, the event loop gets its turn.
 */
export function streamPair<In, Out>(
  take: (chunk: In) => Iterable<Out | number>,
  end: () => Iterable<Out | number>,
): Through {
  let source!: ReadableStreamDefaultController<Out>;
  let sink!: WritableStreamDefaultController;
  let wake: (() => void) | undefined;
  let stopped: { readonly reason: unknown } | undefined;
  const stop = (reason: unknown): void => {
    stopped ??= { reason };
    wake?.();
  };
  const put = async (items: () => Iterable<Out | number>): Promise<void> => {
    try {
      for (const item of items()) {
        if (typeof item === 'number') {
          await yieldToEventLoop();
          if (stopped) throw stopped.reason;
          continue;
        }
        while (!stopped && !(source.desiredSize! > 0)) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (stopped) throw stopped.reason;
        source.enqueue(item);
        await yieldToEventLoop();
      }
    } catch (error) {
      if (!stopped) source.error(error);
      throw error;
    }
  };
  const readable = new ReadableStream<Out>(
    {
      start(controller) {
        source = controller;
      },
      pull: () => wake?.(),
      cancel(reason) {
        stop(reason);
        sink.error(reason);
      },
    },
    { highWaterMark: 1 },
  );
  const writable = new WritableStream<In>({
    start(controller) {
      sink = controller;
      controller.signal.addEventListener('abort', () => stop(controller.signal.reason));
    },
    write: (chunk) => put(() => take(chunk)),
    async close() {
      await put(end);
      source.close();
    },
    abort(reason) {
      stop(reason);
      source.error(reason);
    },
  });
  return { readable, writable } as unknown as Through;
}
