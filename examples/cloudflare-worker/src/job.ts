// A training as it stands between two slices, and the windows that it takes.

import type { ObjectState } from './platform.ts';

export interface Request {
  readonly device: string;
  /** Windows that begin in [from, to) are normal, but those that begin at one of `except`. */
  readonly from: number;
  readonly to: number;
  readonly except: readonly number[];
  readonly epochs: number;
  readonly seed: number;
  readonly falsePositiveRate: number;
}

export interface Job extends Request {
  readonly phase: 'collect' | 'train' | 'calibrate' | 'done' | 'failed';
  /** Where collecting goes on. */
  readonly next: number;
  /** Windows that were collected, and the shape of one. */
  readonly windows: number;
  readonly input: readonly number[];
  /** Key of the checkpoint in R2. */
  readonly checkpoint: string;
  readonly slices: number;
  /** Loss of each epoch so far. */
  readonly loss: readonly number[];
  /** Key of the detector in R2, in the end. */
  readonly detector?: string;
  readonly threshold?: number;
  readonly error?: string;
}

/** Values that a training may hold: 32 MB of the isolate's 128. */
export const MOST_COLLECTED = 2 ** 23;

/** Of every five windows three train; two, which the model never sees, calibrate the detector. */
const calibrates = (i: number): boolean => i % 5 >= 3;

/** Windows of a job, in the object's own database: what is trained on stays the same from slice to slice. */
export class Collection {
  readonly #sql: ObjectState['storage']['sql'];

  constructor({ sql }: ObjectState['storage']) {
    this.#sql = sql;
    sql.exec('CREATE TABLE IF NOT EXISTS windows (at INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT');
  }

  clear(): void {
    this.#sql.exec('DELETE FROM windows');
  }

  /** Adds a window, or puts it again: a slice may run twice. */
  add(at: number, values: Float32Array<ArrayBuffer>): void {
    const { buffer, byteOffset, byteLength } = values;
    this.#sql.exec(
      'INSERT OR REPLACE INTO windows VALUES (?, ?)',
      at,
      buffer.slice(byteOffset, byteOffset + byteLength),
    );
  }

  get count(): number {
    return this.#sql.exec<{ count: number }>('SELECT count(*) AS count FROM windows').toArray()[0]!.count;
  }

  /** The windows of one purpose by time, end to end. */
  samples(purpose: 'train' | 'calibrate'): Float32Array<ArrayBuffer> {
    const rows = this.#sql.exec<{ data: ArrayBuffer }>('SELECT data FROM windows ORDER BY at').toArray();
    const chosen = rows.filter((_, i) => calibrates(i) === (purpose === 'calibrate'));
    const size = (chosen[0]?.data.byteLength ?? 0) / 4;
    const x = new Float32Array(chosen.length * size);
    chosen.forEach(({ data }, i) => {
      x.set(new Float32Array(data), i * size);
    });
    return x;
  }
}
