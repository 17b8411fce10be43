// What goes wrong, as an answer: a status, a code for programs and a message for people.

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

/** Bytes that cannot be read are the sender's mistake: sound ones of another model's 409, too much 413, others 400. */
const statusOf = ({ code }: FormatError): number => (code === 'model' ? 409 : code === 'limit' ? 413 : 400);

/**
 * D1, R2 and Durable Objects say so when they fail, as they do now and then: the same call may succeed a moment later.
 */
const ofStorage = (error: unknown): boolean =>
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
  if (ofStorage(error)) {
    const message = 'the storage failed: send the same again';
    return answer(new Problem(503, 'storage', message, { 'retry-after': '1' }));
  }
  return answer(new Problem(500, 'internal', 'see the log of the Worker'));
}
