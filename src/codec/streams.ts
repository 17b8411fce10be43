// A pair of streams around a function that makes any number of chunks from one. A `TransformStream` would make all of
// them at once; here each is made after the one before has been read.

import { yieldToEventLoop } from '../core/event-loop.ts';

/** The streams of a codec of `createCodec`: `TransformStream`, if the types of the project that imports this have it. */
export type Through = typeof globalThis extends {
  /** The constructor of the platform. */
  TransformStream: {
    /** Makes a pair of streams. */
    new (...parameters: never[]): infer T;
  };
}
  ? T
  : {
      /** A `ReadableStream`. */
      readonly readable: object;
      /** A `WritableStream`. */
      readonly writable: object;
    };

/**
 * `transform` makes the output for a chunk, and `flush` the output at the end. They are generators, and make a chunk only when
 * it is asked for. A number that they yield, and every chunk, yields to the event loop.
 */
export function streamPair<In, Out>(
  transform: (chunk: In) => Iterable<Out | number>,
  flush: () => Iterable<Out | number>,
): Through {
  let source!: ReadableStreamDefaultController<Out>;
  let sink!: WritableStreamDefaultController;
  /** Continues a writer that waits for a reader. */
  let wake: (() => void) | undefined;
  let stopped: { readonly reason: unknown } | undefined;
  const stop = (reason: unknown): void => {
    stopped ??= { reason };
    wake?.();
  };
  const write = async (items: () => Iterable<Out | number>): Promise<void> => {
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
    write: (chunk) => write(() => transform(chunk)),
    async close() {
      await write(flush);
      source.close();
    },
    abort(reason) {
      stop(reason);
      source.error(reason);
    },
  });
  return { readable, writable } as unknown as Through;
}
