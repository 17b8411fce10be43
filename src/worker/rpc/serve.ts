// The worker's side: takes calls, makes what their tokens stand for, and answers.

import * as isthmus from '../../index.ts';
import * as factories from '../factories.gen.ts';
import { CallbackProxy } from './callback-proxy.ts';
import { copyWith, isToken, KIND, type Request, type Response, type Token } from './messages.ts';
import { isHistory, ObjectTable } from './remote-objects.ts';

type Functions = Record<string, (...args: unknown[]) => unknown>;
const all = isthmus as unknown as Functions;
const factoryNames = Object.keys(factories).filter((name) => Object.hasOwn(isthmus, name));
/** What is called: functions that make nothing that a page may make itself. Classes begin with a capital letter. */
const calls = Object.keys(isthmus).filter((name) => /^[a-z]/.test(name) && !factoryNames.includes(name));

/** What a call's tokens need while it runs, and what is to be done when it has ended. */
interface CallContext {
  readonly pending: Promise<unknown>[];
  readonly until: (() => void)[];
  readonly histories: object[];
}

/** Answers requests by `post`. Returns what takes them. */
export function serve(
  post: (response: Response, moved: Iterable<ArrayBufferLike>) => void,
): (request: Request) => void {
  const objects = new ObjectTable();
  const asker = new CallbackProxy((response) => post(response, []));

  const unpack = (args: unknown, running: CallContext): unknown => {
    const revive = (value: object, level: number): unknown => {
      if (isToken(value)) return token(value as Token & { id: number }, running);
      if (!('type' in value) || !factoryNames.includes(value.type as string)) return undefined;
      // The genuine one, by its name: what came has no implementation, and is not checked.
      const { type, ...options } = value as { type: string; weightDecay?: number };
      if (type === 'adam') delete options.weightDecay;
      return all[type]!(copyWith(options, revive, level + 1));
    };
    return copyWith(args, revive);
  };

  const token = (value: Token & { id: number }, { pending, until, histories }: CallContext): unknown => {
    const { id } = value;
    switch (value[KIND]) {
      case 'object': {
        const object = objects.get(id)!;
        if (isHistory(object)) histories.push(object);
        return object;
      }
      case 'factory':
        return all[value.name as string];
      case 'function':
        return asker.function(id, (list) => objects.pack(list).value, pending);
      case 'stream':
        return asker.stream(id);
      case 'signal':
        return asker.signal(id, value.aborted as boolean, until);
      case 'url':
        return new URL(value.href as string);
      case 'response':
        return new globalThis.Response(value.bytes as ArrayBuffer, { status: value.status as number });
    }
    throw new TypeError(`a message of another version, with ${value[KIND]}`);
  };

  const call = async ({ id, on, name, args }: Extract<Request, { type: 'call' }>): Promise<void> => {
    const running: CallContext = { pending: [], until: [], histories: [] };
    let [type, result]: ['done' | 'failed', unknown] = ['done', undefined];
    try {
      const target = (on ? objects.get(on) : isthmus) as Functions;
      const list = unpack(args, running) as unknown[];
      const member: unknown = target[name];
      result = await (typeof member === 'function' ? member.apply(target, list) : member);
      await Promise.all(running.pending);
    } catch (error) {
      [type, result] = [
        'failed',
        error instanceof Error || error instanceof DOMException ? error : new Error(String(error)),
      ];
    }
    for (const end of running.until) end();
    const { value, moved } = objects.pack(result);
    // Those go on while a call runs, also where it fails.
    post({ type, id, value, histories: objects.pack(running.histories).value }, moved);
  };

  return (request) => {
    switch (request.type) {
      case 'hello':
        return post({ type: 'ready', calls }, []);
      case 'call':
        return void call(request);
      case 'answer': {
        const running = { pending: [], until: [], histories: [] };
        return asker.answer(request.id, unpack(request.value, running), request.thrown);
      }
      case 'abort':
        return asker.abort(request.id);
      case 'release':
        return objects.release(request.id, request.count);
    }
  };
}
