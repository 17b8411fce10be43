// Errors as answers: a status, a code for programs and a message for people.

import { FormatError } from 'isthmus';

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** Status of a FormatError, a mistake of the sender: 409 for data of another model, 413 for too much data, 400 for damaged data. */
const statusOf = ({ code }: FormatError): number =>
  (({ model: 409, limit: 413 }) as Record<string, number>)[code] ?? 400;

/** True for a failure of D1, R2 or a Durable Object, after which the same call may succeed. */
const isStorageError = (error: unknown): boolean =>
  error instanceof Error &&
  (/^(D1_|R2_|(get|put|delete|head|list): )/.test(error.message) ||
    ['retryable', 'overloaded', 'durableObjectReset'].some(
      (name) => (error as unknown as Record<string, unknown>)[name],
    ));

export function answer(error: unknown): Response {
  if (error instanceof FormatError) return answer(new Problem(statusOf(error), error.code, error.message));
  if (error instanceof Problem) {
    const { status, code, message, headers } = error;
    return Response.json({ error: { code, message } }, { status, headers });
  }
  console.error(error);
  if (isStorageError(error)) {
    const message = 'the storage failed: send the same again';
    return answer(new Problem(503, 'storage', message, { 'retry-after': '1' }));
  }
  return answer(new Problem(500, 'internal', 'see the log of the Worker'));
}
