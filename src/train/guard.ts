import { notFinite } from '../check.ts';
import type { Engine } from '../engine/engine.ts';
import type { TrainingRecord } from './record.ts';

/** Every step is copied until here: runs that diverge mostly do so at their beginning. */
const FIRST = 100;
/** From then on every eighth: a copy of 100,000 weights takes 7 µs, a step 440. */
const EVERY = 8;
/** A loss so many times that of the copy is on its way to infinity: weights from before are the good ones. */
const DIVERGED = 10;
/** Unless it stays there. */
const SETTLED = 100;

/** Keeps weights that are known to be good, and puts them back when the loss is no number any more. */
export class Guard {
  readonly #engine: Engine;
  readonly #record: TrainingRecord;
  readonly #good: Float32Array<ArrayBuffer>;
  #step: number;
  #loss = Infinity;

  constructor(engine: Engine, record: TrainingRecord) {
    this.#engine = engine;
    this.#record = record;
    this.#good = this.#weights().slice();
    this.#step = record.history.step;
  }

  #weights(): Float32Array<ArrayBuffer> {
    const { floats, parameters } = this.#engine.memory;
    return floats.subarray(parameters / 4, (parameters + this.#engine.network.bytes) / 4);
  }

  /** Before the update of a step, its loss known. */
  check(loss: number): void {
    if (!Number.isFinite(loss)) this.#fail('loss', loss);
    const { step } = this.#record.history;
    const age = step - this.#step;
    const due = (step < FIRST || age >= EVERY) && loss <= DIVERGED * this.#loss;
    if (due || age >= SETTLED) this.#keep(loss);
  }

  /** After an epoch: the last update has not met a loss yet. */
  checkEpoch(valLoss: number | undefined): void {
    const { floats } = this.#engine.memory;
    const { addresses } = this.#record;
    const n = this.#engine.network.trainedBytes / 4;
    this.#finite('weights', this.#weights());
    for (const address of addresses) this.#finite('optimizer', floats.subarray(address / 4, address / 4 + n));
    if (valLoss !== undefined && !Number.isFinite(valLoss)) this.#fail('valLoss', valLoss);
  }

  #finite(name: string, values: Float32Array): void {
    const bad = notFinite(values);
    if (bad >= 0) this.#fail(name, values[bad]!);
  }

  #keep(loss: number): void {
    this.#good.set(this.#weights());
    this.#step = this.#record.history.step;
    this.#loss = loss;
  }

  /** The history stays, and training can go on from it; slots that led here would only lead here again. */
  #fail(name: string, value: number): never {
    const { history, addresses } = this.#record;
    const { epoch, step, partial } = history;
    this.#weights().set(this.#good);
    const { floats } = this.#engine.memory;
    const n = this.#engine.network.trainedBytes / 4;
    for (const address of addresses) floats.fill(0, address / 4, address / 4 + n);
    history.step = this.#step;
    const place = `step ${step + 1} (epoch ${epoch + 1}, batch ${partial.batches + 1})`;
    throw new RangeError(
      `"${name}" expected a finite number, got ${value} at ${place}; the weights after step ${this.#step} are restored; a lower learning rate or clipNorm may help`,
    );
  }
}
