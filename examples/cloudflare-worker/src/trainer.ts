// Trains a device's detector on its stored readings, a slice in each call of the alarm.

import { DurableObject } from 'cloudflare:workers';
import { FormatError, UnsupportedError } from 'isthmus';
import { Collection, type Job, type Request } from './job.ts';
import { phases } from './phases.ts';
import type { Env, ObjectState } from './platform.ts';
import { Problem } from './problem.ts';

/** What trying again would not mend: too few windows, a loss that diverged, bytes that are no model. */
const lasting = (error: unknown): error is Error =>
  [TypeError, RangeError, FormatError, UnsupportedError, Problem].some((type) => error instanceof type);

export class Trainer extends DurableObject<Env> {
  readonly #collection: Collection;

  constructor(state: ObjectState, env: Env) {
    super(state, env);
    this.#collection = new Collection(state.storage);
  }

  get #job(): Job | undefined {
    return this.ctx.storage.kv.get<Job>('job');
  }

  /** The job that is under way, if one is. */
  get #running(): (Job & { phase: keyof typeof phases }) | undefined {
    const job = this.#job;
    return job && job.phase in phases ? (job as Job & { phase: keyof typeof phases }) : undefined;
  }

  #save(job: Job): Job {
    this.ctx.storage.kv.put('job', job);
    return job;
  }

  /** Begins, unless a training is under way: then nothing. */
  async start(request: Request): Promise<Job | undefined> {
    if (this.#running) return undefined;
    this.#collection.clear();
    const checkpoint = `checkpoints/${request.device}/${crypto.randomUUID()}`;
    const state = { phase: 'collect', next: request.from, windows: 0, input: [], slices: 0, loss: [] } as const;
    await this.ctx.storage.setAlarm(Date.now());
    return this.#save({ ...request, ...state, checkpoint });
  }

  /** How it stands. Sets the alarm again, should it be lost. */
  async status(): Promise<Job | undefined> {
    const { storage } = this.ctx;
    if (this.#running && (await storage.getAlarm()) === null) await storage.setAlarm(Date.now());
    return this.#job;
  }

  /** An alarm that is still set finds nothing to do. */
  async stop(): Promise<Job | undefined> {
    const job = this.#running;
    if (job) await this.#end(job, { phase: 'failed', error: 'stopped' });
    return this.#job;
  }

  /** One slice. The platform calls it again when it throws. */
  async alarm(): Promise<void> {
    const job = this.#running;
    if (!job) return;
    const { DB, MODELS } = this.env;
    const stopped = (): boolean => this.#running?.checkpoint !== job.checkpoint;
    try {
      const changed = await phases[job.phase](this.env, job, this.#collection);
      if (stopped()) await MODELS.delete(job.checkpoint);
      else if (changed.detector) {
        await DB.prepare('UPDATE devices SET detector = ? WHERE id = ?').bind(changed.detector, job.device).run();
        await this.#end(job, changed);
      } else {
        await this.ctx.storage.setAlarm(Date.now());
        this.#save({ ...job, ...changed, slices: job.slices + 1 });
      }
    } catch (error) {
      if (!lasting(error)) throw error;
      if (!stopped()) await this.#end(job, { phase: 'failed', error: error.message });
    }
  }

  async #end(job: Job, changed: Partial<Job>): Promise<void> {
    this.#save({ ...job, ...changed, slices: job.slices + 1 });
    this.#collection.clear();
    await this.env.MODELS.delete(job.checkpoint);
  }
}
