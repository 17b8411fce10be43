import { firstNonFinite } from '../core/validate.ts';
import type { Engine } from '../engine/engine.ts';
import type { TrainingRecord } from '../model/training-session.ts';
import type { Trainer } from './trainer.ts';

/** Up to this step the weights are copied in every step: most runs that diverge do so at their beginning. */
const EVERY_STEP_UNTIL = 100;
/** Steps between two copies after that: a copy of 100,000 weights takes 7 µs, a step 440. */
const COPY_INTERVAL = 8;
/** A run whose loss is so many times that of the copy is diverging: the copy is kept. */
const DIVERGENCE_RATIO = 10;
/** Steps after which a copy is replaced all the same: the loss has stayed at the higher level. */
const MAX_COPY_AGE = 100;

/** A run of training and its history. */
interface GuardedRun {
  readonly engine: Engine;
  readonly record: TrainingRecord;
  readonly trainer: Trainer;
}

/** Copies weights and running statistics while they are finite, and restores them when the training diverges. */
export class DivergenceGuard {
  readonly #engine: Engine;
  readonly #record: TrainingRecord;
  readonly #trainer: Trainer;
  readonly #good: Float32Array<ArrayBuffer>;
  /** Weights that no optimizer changes, such as running statistics, from before the current step: its forward pass changes them. */
  readonly #fixed: Float32Array<ArrayBuffer>;
  #step: number;
  #loss = Infinity;
  /** The weights from before the current step are finite and their copy is due. */
  #copyDue = false;

  constructor({ engine, record, trainer }: GuardedRun) {
    this.#engine = engine;
    this.#record = record;
    this.#trainer = trainer;
    this.#good = this.#weights().slice();
    this.#fixed = this.#fixedWeights().slice();
    this.#step = record.history.step;
  }

  #weights(): Float32Array<ArrayBuffer> {
    const { memory, network } = this.#engine;
    return memory.view(memory.parameters, network.weightBytes / 4);
  }

  /** The weights that no optimizer changes: the last part of the block. */
  #fixedWeights(): Float32Array<ArrayBuffer> {
    return this.#weights().subarray(this.#engine.network.trainedBytes / 4);
  }

  #slots(): Float32Array<ArrayBuffer>[] {
    const { memory, network } = this.#engine;
    return this.#record.slotAddresses.map((address) => memory.view(address, network.trainedBytes / 4));
  }

  /** To be called before the forward pass of a step. */
  beginStep(): void {
    const { memory, network } = this.#engine;
    const { step } = this.#record.history;
    this.#copyDue =
      (step < EVERY_STEP_UNTIL || step - this.#step >= COPY_INTERVAL) &&
      this.#trainer.areFinite(memory.parameters, network.weightBytes / 4);
    if (this.#copyDue) this.#fixed.set(this.#fixedWeights());
  }

  /** To be called between the backward pass and the update. Errors: RangeError when the loss is not finite. */
  checkLoss(loss: number): void {
    if (!Number.isFinite(loss)) this.#fail('loss', loss, 1);
    const { step } = this.#record.history;
    if (!this.#copyDue || (loss > DIVERGENCE_RATIO * this.#loss && step - this.#step < MAX_COPY_AGE)) return;
    this.#good.set(this.#weights());
    this.#good.set(this.#fixed, this.#good.length - this.#fixed.length);
    this.#step = step;
    this.#loss = loss;
  }

  /** To be called after an epoch: no loss has been computed since the last update. Errors: RangeError when a value is not finite. */
  checkEpoch(valLoss: number | undefined): void {
    const [name, value] = this.#firstNonFinite() ?? ['valLoss', valLoss ?? 0];
    if (!Number.isFinite(value)) this.#fail(name, value, 0);
  }

  /** To be called when training stops for another reason: it must leave finite weights too. */
  restoreIfBad(): void {
    if (this.#firstNonFinite()) this.#restore();
  }

  /** A value that is not finite, and the name of its block. */
  #firstNonFinite(): [name: string, value: number] | undefined {
    let name = 'weights';
    for (const values of [this.#weights(), ...this.#slots()]) {
      // The kernel only tells whether all values are finite, in a tenth of the time of the loop in JavaScript that finds the value.
      const bad = this.#trainer.areFinite(values.byteOffset, values.length) ? -1 : firstNonFinite(values);
      if (bad >= 0) return [name, values[bad]!];
      name = 'optimizer';
    }
    return undefined;
  }

  /** Keeps the history, so that training can resume. Clears the slots: with the same slots it would diverge again. */
  #restore(): void {
    this.#weights().set(this.#good);
    for (const slot of this.#slots()) slot.fill(0);
    this.#record.history.step = this.#step;
  }

  #fail(name: string, value: number, ahead: number): never {
    const { epoch, step, partial } = this.#record.history;
    this.#restore();
    const position = `step ${step + ahead} (epoch ${epoch + 1}, batch ${partial.batches + ahead})`;
    throw new RangeError(
      `"${name}" expected a finite number, got ${value} at ${position}; the weights after step ${this.#step} are restored; a lower learning rate, clipNorm or samples scaled to about -1..1 may help`,
    );
  }
}
