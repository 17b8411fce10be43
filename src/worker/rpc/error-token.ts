// Errors as tokens: `structuredClone` loses their class, `code` and `feature`.

import { FormatError, UnsupportedError } from '../../core/errors.ts';
import { KIND, type Token } from './messages.ts';

/** The fields of all errors that are sent. */
type ErrorFields = FormatError & UnsupportedError;

/** The token of an error, or of any value that was thrown. */
export function errorToken(error: unknown): Token {
  const { name, message, stack, code, feature } = (error ?? {}) as ErrorFields;
  return { [KIND]: 'error', name, message: message ?? String(error), stack, code, feature };
}

/** The error of a token, of the same class, and with the stack of the worker. */
export function errorFrom(token: Token): Error {
  const { stack } = token;
  const error = withoutStack(token as unknown as ErrorFields);
  if (stack) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  return error;
}

function withoutStack({ name, message, code, feature }: ErrorFields): Error {
  if (name === 'FormatError') return new FormatError(code, message);
  if (name === 'UnsupportedError') return Object.assign(new UnsupportedError(feature), { message });
  if (name === 'TypeError') return new TypeError(message);
  if (name === 'RangeError') return new RangeError(message);
  // The code of a DOMException is a number.
  if (typeof code === 'number') return new DOMException(message, name);
  return Object.assign(new Error(message), { name });
}
