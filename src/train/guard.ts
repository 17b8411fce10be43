import type { Engine } from '../engine/engine.ts';
import { PARAMETERS } from '../engine/memory.ts';
import type { History } from './record.ts';

/** Steps between two copies of the weights: a copy every hundred costs less than a hundredth of a step. */
const STEPS = 100;

/** Keeps weights that are known to be good, and puts them back when the loss is no number any more. */
export class Guard {
  readonly #engine: Engine;
  readonly #good: Float32Array<ArrayBuffer>;
  #step: number;

  constructor(engine: Engine, step: number) {
    this.#engine = engine;
    this.#good = this.#weights().slice();
    this.#step = step;
  }

  #weights(): Float32Array<ArrayBuffer> {
    const start = PARAMETERS / 4;
    return this.#engine.memory.floats.subarray(start, start + this.#engine.network.bytes / 4);
  }

  /** Before the update of a step, its loss known: weights with a finite loss are worth keeping. */
  check(loss: number, history: History): void {
    if (!Number.isFinite(loss)) this.#fail('loss', loss, history);
    if (history.step - this.#step >= STEPS) this.#keep(history.step);
  }

  /** After an epoch: the last update has not met a loss yet. */
  checkEpoch(valLoss: number | undefined, history: History): void {
    const bad = this.#weights().find((value) => !Number.isFinite(value));
    if (bad !== undefined) this.#fail('weights', bad, history);
    if (valLoss !== undefined && !Number.isFinite(valLoss)) this.#fail('valLoss', valLoss, history);
    this.#keep(history.step);
  }

  #keep(step: number): void {
    this.#good.set(this.#weights());
    this.#step = step;
  }

  #fail(name: string, value: number, history: History): never {
    this.#weights().set(this.#good);
    this.#engine.training = undefined;
    const { epoch, step, partial } = history;
    const place = `step ${step + 1} (epoch ${epoch + 1}, batch ${partial.batches + 1})`;
    throw new RangeError(
      `"${name}" expected a finite number, got ${value} at ${place}; the weights after step ${this.#step} are restored; a lower learning rate or clipNorm may help`,
    );
  }
}
