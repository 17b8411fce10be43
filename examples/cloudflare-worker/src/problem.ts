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

export function answer(error: unknown): Response {
  if (error instanceof FormatError) return answer(new Problem(statusOf(error), error.code, error.message));
  if (error instanceof Problem) {
    const { status, code, message, headers } = error;
    return Response.json({ error: { code, message } }, { status, headers });
  }
  console.error(error);
  return answer(new Problem(500, 'internal', 'see the log of the Worker'));
}
