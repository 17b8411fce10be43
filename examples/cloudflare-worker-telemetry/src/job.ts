// The state of a training between two slices, and its windows.

import type { ObjectState } from './platform.ts';

export interface Request {
  readonly device: string;
  /** The training uses the windows that begin in [from, to), without the windows that begin at a time in `except`. */
  readonly from: number;
  readonly to: number;
  readonly except: readonly number[];
  readonly epochs: number;
  readonly seed: number;
  readonly falsePositiveRate: number;
}

export interface Job extends Request {
  readonly phase: 'collect' | 'train' | 'calibrate' | 'done' | 'failed';
  /** Time from which the next slice collects windows. */
  readonly next: number;
  /** Number of collected windows, and the shape of a window. */
  readonly windows: number;
  readonly input: readonly number[];
  /** Key of the checkpoint in R2. */
  readonly checkpoint: string;
  readonly slices: number;
  /** Loss of each completed epoch. */
  readonly loss: readonly number[];
  /** Key of the detector in R2, once it is made. */
  readonly detector?: string;
  readonly threshold?: number;
  readonly error?: string;
}

/** Largest number of values in a training: 32 MB of the 128 MB of the isolate. */
export const MAX_COLLECTED_VALUES = 2 ** 23;

/** Of every five windows three train the model. The other two calibrate the detector. */
const calibrates = (i: number): boolean => i % 5 >= 3;

/** The windows of a job, in the database of the Durable Object, so that all slices train with the same windows. */
export class Collection {
  readonly #sql: ObjectState['storage']['sql'];

  constructor({ sql }: ObjectState['storage']) {
    this.#sql = sql;
    sql.exec('CREATE TABLE IF NOT EXISTS windows (at INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT');
  }

  clear(): void {
    this.#sql.exec('DELETE FROM windows');
  }

  /** Adds a window. A window of the same time is replaced, because a slice may run twice. */
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

  /** The windows for one purpose, sorted by time, end to end. */
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
