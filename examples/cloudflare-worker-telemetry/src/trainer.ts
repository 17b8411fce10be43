// A Durable Object that trains the detector of a device on its stored readings, one slice in each call of the alarm.

import { DurableObject } from 'cloudflare:workers';
import { FormatError, UnsupportedError } from 'isthmus';
import { assign, deleteUnused } from './files.ts';
import { Collection, type Job, type Request } from './job.ts';
import { phases } from './phases.ts';
import type { Env, ObjectState } from './platform.ts';
import { Problem } from './problem.ts';

/** True for errors that would occur again: too few windows, a loss that diverged, damaged bytes. */
const isPermanent = (error: unknown): error is Error =>
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

  /** The unfinished job, if any. */
  get #running(): (Job & { phase: keyof typeof phases }) | undefined {
    const job = this.#job;
    return job && job.phase in phases ? (job as Job & { phase: keyof typeof phases }) : undefined;
  }

  #save(job: Job): Job {
    this.ctx.storage.kv.put('job', job);
    return job;
  }

  /** Starts a training. Returns undefined if another training runs. */
  async start(request: Request): Promise<Job | undefined> {
    await this.#clean();
    if (this.#running) return undefined;
    this.#collection.clear();
    const checkpoint = `checkpoints/${request.device}/${crypto.randomUUID()}`;
    const state = { phase: 'collect', next: request.from, windows: 0, input: [], slices: 0, loss: [] } as const;
    await this.ctx.storage.setAlarm(Date.now());
    return this.#save({ ...request, ...state, checkpoint });
  }

  /** The state of the last training. Sets the alarm again if it was lost. */
  async status(): Promise<Job | undefined> {
    const { storage } = this.ctx;
    const due = this.#running || storage.kv.get('discarded');
    if (due && (await storage.getAlarm()) === null) await storage.setAlarm(Date.now());
    return this.#job;
  }

  /** Stops the training. An alarm that is already set does nothing. */
  async stop(): Promise<Job | undefined> {
    const job = this.#running;
    if (job) await this.#end(job, { phase: 'failed', error: 'stopped' });
    return this.#job;
  }

  /** Runs one slice. The platform repeats a call that throws. */
  async alarm(): Promise<void> {
    await this.#clean();
    const job = this.#running;
    if (!job) return;
    const stopped = (): boolean => this.#running?.checkpoint !== job.checkpoint;
    let changed: Partial<Job> = {};
    try {
      changed = await phases[job.phase](this.env, job, this.#collection);
      if (stopped()) return;
      if (changed.detector) {
        await assign(this.env, job.device, 'detector', changed.detector, job.input[0]!);
        await this.#end(job, changed);
      } else {
        await this.ctx.storage.setAlarm(Date.now());
        this.#save({ ...job, ...changed, slices: job.slices + 1 });
      }
    } catch (error) {
      if (!isPermanent(error)) throw error;
      if (!stopped()) await this.#end(job, { phase: 'failed', error: error.message });
    } finally {
      // The training was stopped during the slice, which may have written a checkpoint or a detector: delete the unused files.
      if (stopped()) {
        this.#discard(job.checkpoint);
        await this.#clean();
        if (changed.detector) await deleteUnused(this.env, job.device, changed.detector);
      }
    }
  }

  async #end(job: Job, changed: Partial<Job>): Promise<void> {
    this.#discard(job.checkpoint);
    this.#save({ ...job, ...changed, slices: job.slices + 1 });
    this.#collection.clear();
    try {
      await this.#clean();
    } catch (error) {
      // The alarm repeats the deletion. It is set only now: setting it earlier would interrupt a running alarm.
      console.warn('a checkpoint is deleted later:', error);
      await this.ctx.storage.setAlarm(Date.now() + 1000);
    }
  }

  /** Adds a checkpoint to the list that `#clean` deletes. */
  #discard(key: string): void {
    this.ctx.storage.kv.put('discarded', [...(this.ctx.storage.kv.get<string[]>('discarded') ?? []), key]);
  }

  async #clean(): Promise<void> {
    const { kv } = this.ctx.storage;
    const keys = kv.get<string[]>('discarded');
    if (!keys) return;
    await this.env.MODELS.delete(keys);
    // Keep keys that were added during the deletion.
    const remaining = kv.get<string[]>('discarded')?.filter((key) => !keys.includes(key));
    if (remaining?.length) kv.put('discarded', remaining);
    else kv.delete('discarded');
  }

  /** Stops the training and deletes its state, for a device that is deleted. */
  async forget(): Promise<void> {
    await this.stop();
    this.ctx.storage.kv.delete('job');
  }
}
