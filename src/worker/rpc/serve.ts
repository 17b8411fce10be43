// In the worker: executes calls and answers them.

import * as isthmus from '../../index.ts';
import * as factories from '../factories.gen.ts';
import { CallbackProxy } from './callback-proxy.ts';
import { copyWith } from './copy.ts';
import { isToken, KIND, type Request, type Response, type Token } from './messages.ts';
import { isHistory, ObjectTable } from './object-table.ts';

type Functions = Record<string, (...args: unknown[]) => unknown>;
const all = isthmus as unknown as Functions;
const factoryNames = Object.keys(factories).filter((name) => Object.hasOwn(isthmus, name));
/** Functions that run in the worker. The page has the factories; names of classes begin with a capital letter. */
const calls = Object.keys(isthmus).filter((name) => /^[a-z]/.test(name) && !factoryNames.includes(name));

/** The state of one call while it runs. */
interface CallContext {
  /** Results of the page's functions that were called. */
  readonly pending: Promise<unknown>[];
  /** Run when the call has ended. */
  readonly cleanups: (() => void)[];
  /** Histories among the arguments: `fit` changes them, also where it fails. */
  readonly histories: object[];
}

const newContext = (): CallContext => ({ pending: [], cleanups: [], histories: [] });

/** Returns the function that handles requests. It answers by `post`. */
export function serve(
  post: (response: Response, transferList: Iterable<ArrayBufferLike>) => void,
): (request: Request) => void {
  const objects = new ObjectTable();
  const page = new CallbackProxy((response) => post(response, []));

  const unpack = (args: unknown, context: CallContext): unknown => {
    const revive = (value: object, level: number): unknown => {
      if (isToken(value)) return fromToken(value as Token & { id: number }, context);
      if (!('type' in value) || !factoryNames.includes(value.type as string)) return undefined;
      // Plain data lost its implementation in the message: its factory checks it and makes it again.
      const { type, ...options } = value as { type: string };
      return all[type]!(copyWith(options, revive, level + 1));
    };
    return copyWith(args, revive);
  };

  const fromToken = (token: Token & { id: number }, { pending, cleanups, histories }: CallContext): unknown => {
    const { id } = token;
    switch (token[KIND]) {
      case 'object': {
        const object = objects.get(id)!;
        if (isHistory(object)) histories.push(object);
        return object;
      }
      case 'factory':
        return all[token.name as string];
      case 'function':
        return page.function(id, (list) => objects.pack(list).value, pending);
      case 'stream':
        return page.stream(id);
      case 'signal':
        return page.signal(id, token.aborted as boolean, cleanups);
      case 'url':
        return new URL(token.href as string);
      case 'response':
        return new globalThis.Response(token.bytes as ArrayBuffer, { status: token.status as number });
    }
    throw new TypeError(`a message of another version, with ${token[KIND]}`);
  };

  const call = async ({ id, target, name, args }: Extract<Request, { type: 'call' }>): Promise<void> => {
    const context = newContext();
    let type: 'done' | 'failed' = 'done';
    let result: unknown;
    try {
      const object = (target ? objects.get(target) : isthmus) as Functions;
      const list = unpack(args, context) as unknown[];
      const member: unknown = object[name];
      result = await (typeof member === 'function' ? member.apply(object, list) : member);
      await Promise.all(context.pending);
    } catch (error) {
      type = 'failed';
      result = error instanceof Error || error instanceof DOMException ? error : new Error(String(error));
    }
    for (const cleanup of context.cleanups) cleanup();
    const { value, transferList } = objects.pack(result);
    post({ type, id, value, histories: objects.pack(context.histories).value }, transferList);
  };

  return (request) => {
    switch (request.type) {
      case 'hello':
        return post({ type: 'ready', calls }, []);
      case 'call':
        return void call(request);
      case 'answer':
        return page.answer(request.id, unpack(request.value, newContext()), request.thrown);
      case 'abort':
        return page.abort(request.id);
      case 'release':
        return objects.release(request.id, request.count);
    }
  };
}
