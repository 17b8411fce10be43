// A fake of the Cloudflare platform for examples/cloudflare-worker-telemetry, in Node: D1 and the storage of Durable Objects use
// node:sqlite, R2 is a map. A test can make any operation fail, before or after its effect.

import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { TOKEN } from './cloudflare.ts';

const object = 'export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }';
registerHooks({
  resolve: (name, context, next) =>
    name === 'cloudflare:workers'
      ? { url: `data:text/javascript,${encodeURIComponent(object)}`, shortCircuit: true }
      : next(name, context),
});

type Row = Record<string, unknown>;

interface Alarmed {
  alarm(): Promise<void>;
}

export class Platform {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly db = new DatabaseSync(':memory:');
  /** The number of the operation that fails, counted from `operations` = 0, and whether it takes effect before it fails. */
  fault: { at: number; done: boolean } | undefined;
  operations = 0;
  readonly #objects = new Map<string, Alarmed>();
  readonly #Trainer: new (
    state: object,
    env: object,
  ) => Alarmed;

  /** `migrations`: number of migrations of the example that are applied. */
  constructor(
    folder: string,
    Trainer: new (state: object, env: object) => Alarmed,
    migrations = Number.POSITIVE_INFINITY,
  ) {
    this.#Trainer = Trainer;
    this.db.exec('PRAGMA foreign_keys = ON');
    this.migrate(folder, 0, migrations);
  }

  migrate(folder: string, from: number, to = Number.POSITIVE_INFINITY): void {
    const names = readdirSync(`${folder}migrations`).sort().slice(from, to);
    for (const name of names) this.db.exec(readFileSync(`${folder}migrations/${name}`, 'utf8'));
  }

  async #operation<T>(kind: string, run: () => T): Promise<T> {
    // Yields to the event loop, so that concurrent calls interleave.
    await new Promise((resolve) => setImmediate(resolve));
    const fails = this.fault && this.operations++ === this.fault.at;
    if (fails && !this.fault!.done) throw new Error(`${kind}: injected before`);
    const result = run();
    if (fails) throw new Error(`${kind}: injected after`);
    return result;
  }

  #statement(sql: string, values: SQLInputValue[] = []) {
    const all = (): { results: Row[]; meta: { changes: number } } => {
      const before = Number(this.db.prepare('SELECT total_changes() AS n').get()!.n);
      const rows = this.db.prepare(sql).all(...values) as Row[];
      const changes = Number(this.db.prepare('SELECT total_changes() AS n').get()!.n) - before;
      const plain = (value: unknown): unknown => (value instanceof Uint8Array ? [...value] : value);
      const results = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, v]) => [name, plain(v)])));
      return { results, meta: { changes } };
    };
    return {
      all: () => this.#operation('D1_ERROR', all),
      run: () => this.#operation('D1_ERROR', all),
      first: () => this.#operation('D1_ERROR', () => all().results[0] ?? null),
      bind: (...given: SQLInputValue[]) => this.#statement(sql, given),
      now: all,
    };
  }

  readonly env = {
    TOKEN,
    SLICE_STEPS: '50',
    DB: {
      prepare: (sql: string) => this.#statement(sql),
      batch: (list: { now(): object }[]) =>
        this.#operation('D1_ERROR', () => {
          this.db.exec('BEGIN');
          try {
            const results = list.map((one) => one.now());
            this.db.exec('COMMIT');
            return results;
          } catch (error) {
            this.db.exec('ROLLBACK');
            throw error;
          }
        }),
    },
    MODELS: {
      get: (key: string) =>
        this.#operation('get', () => {
          const bytes = this.files.get(key);
          return bytes ? { arrayBuffer: async () => bytes.slice().buffer } : null;
        }),
      put: (key: string, bytes: Uint8Array) => this.#operation('put', () => void this.files.set(key, bytes.slice())),
      delete: (keys: string | string[]) =>
        this.#operation('delete', () => {
          for (const key of [keys].flat()) this.files.delete(key);
        }),
    },
    TRAINER: { getByName: (name: string) => this.#object(name) },
  };

  #object(name: string): Alarmed {
    let made = this.#objects.get(name);
    if (!made) {
      const db = new DatabaseSync(':memory:');
      const kv = new Map<string, unknown>();
      let alarm: NodeJS.Timeout | undefined;
      const storage = {
        sql: {
          exec: (sql: string, ...values: (number | ArrayBuffer)[]) => {
            const given = values.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
            const rows = db.prepare(sql).all(...given) as Row[];
            const buffers = (value: unknown): unknown => (value instanceof Uint8Array ? value.slice().buffer : value);
            const plain = rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, buffers(v)])));
            return { toArray: () => plain };
          },
        },
        kv: {
          get: (key: string) => structuredClone(kv.get(key)),
          put: (key: string, value: unknown) => void kv.set(key, structuredClone(value)),
          delete: (key: string) => kv.delete(key),
        },
        getAlarm: async () => (alarm ? 1 : null),
        setAlarm: async (time: number) => {
          clearTimeout(alarm);
          const ring = (): void => {
            alarm = undefined;
            made!.alarm().catch(() => {
              alarm ??= setTimeout(ring, 1);
            });
          };
          alarm = setTimeout(ring, Math.min(20, time - Date.now()));
        },
      };
      made = new this.#Trainer({ storage }, this.env);
      // Sets `ctx` and `env` on the instance, as the platform does.
      Object.assign(made, { ctx: { storage }, env: this.env });
      this.#objects.set(name, made);
    }
    return made;
  }

  /** `dangling`: keys in the database whose file is missing; `orphans`: files that no row refers to. */
  audit(): { dangling: string[]; orphans: string[] } {
    const rows = this.db
      .prepare('SELECT codec AS key FROM devices UNION SELECT detector FROM devices UNION SELECT codec FROM batches')
      .all() as { key: string | null }[];
    const keys = rows.flatMap(({ key }) => key ?? []);
    return {
      dangling: keys.filter((key) => !this.files.has(key)),
      orphans: [...this.files.keys()].filter((key) => !keys.includes(key)),
    };
  }
}
