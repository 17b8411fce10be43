// Types of the parts of the platform that this Worker uses. `wrangler types` writes the types of all parts.

import type { Trainer } from './trainer.ts';

export interface Env {
  /** The owner's secret. */
  readonly TOKEN?: string;
  readonly SLICE_STEPS: string;
  readonly MODELS: Bucket;
  readonly DB: Database;
  readonly TRAINER: Namespace<Trainer>;
}

/** R2. */
export interface Bucket {
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  put(key: string, value: Uint8Array): Promise<unknown>;
  delete(keys: string | string[]): Promise<void>;
}

/** D1. It returns a BLOB as an array of numbers. */
export interface Database {
  prepare(sql: string): Statement;
  /** Runs statements in order, in one transaction. */
  batch<Row>(statements: readonly Statement[]): Promise<readonly Result<Row>[]>;
}

export interface Result<Row> {
  readonly results: readonly Row[];
  readonly meta: { readonly changes: number };
}

export interface Statement {
  bind(...values: readonly (string | number | null | Uint8Array)[]): Statement;
  first<Row>(): Promise<Row | null>;
  all<Row>(): Promise<{ readonly results: readonly Row[] }>;
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
}

/** Durable Objects of a class. */
export interface Namespace<Class> {
  getByName(name: string): Class;
}

/** The state of a Durable Object with SQLite. */
export interface ObjectState {
  readonly storage: {
    readonly sql: {
      exec<Row>(sql: string, ...values: readonly (number | ArrayBuffer)[]): { toArray(): Row[] };
    };
    readonly kv: {
      get<Value>(key: string): Value | undefined;
      put(key: string, value: unknown): void;
      delete(key: string): boolean;
    };
    getAlarm(): Promise<number | null>;
    setAlarm(time: number): Promise<void>;
  };
}
