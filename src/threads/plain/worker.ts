// A worker with its own memory, and its tasks.

import { startWorker, type WorkerHandle } from '../start-worker.ts';
import { type Answer, runnerText, type SetupMessage, type TaskMessage } from './runner.ts';

/** A task, and the buffers that are transferred to the worker. */
export interface Task {
  readonly message: TaskMessage;
  readonly transfer: readonly ArrayBuffer[];
}

/** The results of a task. */
export type TaskResult = Required<Omit<Answer, 'error'>>;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class PlainWorker {
  /** The worker has kernels and a memory. */
  isReady = false;
  /** Why the worker can do no more tasks. */
  ended: Error | undefined;
  /** The `subject` of the last setup. */
  subject: unknown;
  readonly #handle: WorkerHandle | undefined;
  readonly #pending: Pending[] = [];

  constructor() {
    const receive = (data: unknown): void => {
      const { error, ...answer } = data as Answer;
      if (error !== undefined) this.end(error);
      this.#pending.shift()?.resolve(answer);
      if (this.#pending.length === 0) this.#handle?.unref();
    };
    this.#handle = startWorker(runnerText(), (reason) => this.end(reason), receive);
    if (!this.#handle) this.end('the runtime has no workers');
  }

  /** The number of messages without an answer. */
  get tasks(): number {
    return this.#pending.length;
  }

  /** Gives the worker kernels and a memory. A worker that fails ends. */
  async setUp(message: SetupMessage, subject: unknown): Promise<void> {
    this.subject = subject;
    this.isReady = false;
    try {
      await this.#send(message);
      this.isReady = true;
    } catch (error) {
      this.end((error as Error).message);
    }
  }

  /** Runs calls in the worker. Rejects when the worker ends before it has answered. */
  run({ message, transfer }: Task): Promise<TaskResult> {
    return this.#send(message, transfer) as Promise<TaskResult>;
  }

  /** Ends the worker; tasks that it has not answered reject. */
  end(reason: string): void {
    if (this.ended) return;
    this.ended = new Error(`a worker has ended: ${reason}`);
    this.#handle?.terminate();
    for (const { reject } of this.#pending.splice(0)) reject(this.ended);
  }

  #send(message: SetupMessage | TaskMessage, transfer: readonly object[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.ended) throw this.ended;
      this.#handle!.post(message, transfer);
      this.#pending.push({ resolve, reject });
      this.#handle!.ref();
    });
  }
}
