// The messages between a page and its worker. Values in them are copied as `structuredClone` copies them. A token replaces a
// value that `structuredClone` cannot copy: a model, a function, a signal, a stream, an error of isthmus.

/** The key that makes an object a token. Its value is the kind of the token. */
export const KIND = 'isthmus:';

export type Token = { readonly [KIND]: string } & Record<string, unknown>;

export const isToken = (value: object): value is Token => KIND in value;

/** From the page to the worker. */
export type Request =
  | { readonly type: 'hello' }
  /** Calls or reads a member of object `target` in the worker, or of the package where `target` is 0. */
  | {
      readonly type: 'call';
      readonly id: number;
      readonly target: number;
      readonly name: string;
      readonly args: unknown;
    }
  /** The result of an `ask`. `thrown`: the id of the value that was thrown on the page. */
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown; readonly thrown?: number }
  /** The signal `id` of the page was aborted. */
  | { readonly type: 'abort'; readonly id: number }
  /** The page has dropped object `id`, which it had received `count` times. */
  | { readonly type: 'release'; readonly id: number; readonly count: number };

/** From the worker to the page. */
export type Response =
  | { readonly type: 'ready'; readonly calls: readonly string[] }
  | { readonly type: 'done' | 'failed'; readonly id: number; readonly value: unknown; readonly histories: unknown }
  /** Asks the page to use its function or stream `target`. */
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly target: number;
      readonly action: CallbackAction;
      readonly args: unknown;
    };

/** Call a function of the page, read the next chunk of a stream, or close a stream. */
export type CallbackAction = 'call' | 'next' | 'return';

/** Calls or reads a member of an object in the worker. */
export type RemoteCall = (target: number, name: string, args: readonly unknown[]) => Promise<unknown>;
