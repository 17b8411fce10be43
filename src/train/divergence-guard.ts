import { firstNonFinite } from '../core/validate.ts';
import type { Engine } from '../engine/engine.ts';
import type { TrainingRecord } from '../model/training-session.ts';

/** Every step is copied until here: runs that diverge mostly do so at their beginning. */
const EVERY_STEP_UNTIL = 100;
/** From then on every eighth: a copy of 100,000 weights takes 7 µs, a step 440. */
const COPY_INTERVAL = 8;
/** A loss so many times that of the copy is on its way to infinity: weights from before are the good ones. */
const DIVERGENCE_RATIO = 10;
/** Unless it stays there. */
const MAX_COPY_AGE = 100;

/** Keeps weights and running statistics that are known to be good, and puts them back when training leaves the numbers. */
export class DivergenceGuard {
  readonly #engine: Engine;
  readonly #record: TrainingRecord;
  readonly #good: Float32Array<ArrayBuffer>;
  /** Running statistics and the like from before the step under way: its forward pass moves them. */
  readonly #fixed: Float32Array<ArrayBuffer>;
  #step: number;
  #loss = Infinity;
  /** The state from before the step under way may be kept. */
  #copyDue = false;

  constructor(engine: Engine, record: TrainingRecord) {
    this.#engine = engine;
    this.#record = record;
    this.#good = this.#weights().slice();
    this.#fixed = this.#fixedWeights().slice();
    this.#step = record.history.step;
  }

  #weights(): Float32Array<ArrayBuffer> {
    const { floats, parameters } = this.#engine.memory;
    return floats.subarray(parameters / 4, (parameters + this.#engine.network.weightBytes) / 4);
  }

  /** The part of the weights that no optimizer changes, which lies last. */
  #fixedWeights(): Float32Array<ArrayBuffer> {
    return this.#weights().subarray(this.#engine.network.trainedBytes / 4);
  }

  #slots(): Float32Array<ArrayBuffer>[] {
    const { floats } = this.#engine.memory;
    const n = this.#engine.network.trainedBytes / 4;
    return this.#record.slotAddresses.map((address) => floats.subarray(address / 4, address / 4 + n));
  }

  /** Before the forward pass of a step. */
  beginStep(): void {
    const { kernels, memory, network } = this.#engine;
    const { step } = this.#record.history;
    // The sum of absolute values is finite only where all values are.
    this.#copyDue =
      (step < EVERY_STEP_UNTIL || step - this.#step >= COPY_INTERVAL) &&
      Number.isFinite(kernels.penalty(memory.parameters, network.weightBytes / 4, 1, 0));
    if (this.#copyDue) this.#fixed.set(this.#fixedWeights());
  }

  /** Before the update of a step, its loss known. */
  checkLoss(loss: number): void {
    if (!Number.isFinite(loss)) this.#fail('loss', loss, 1);
    const { step } = this.#record.history;
    if (!this.#copyDue || (loss > DIVERGENCE_RATIO * this.#loss && step - this.#step < MAX_COPY_AGE)) return;
    this.#good.set(this.#weights());
    this.#good.set(this.#fixed, this.#good.length - this.#fixed.length);
    this.#step = step;
    this.#loss = loss;
  }

  /** After an epoch: the last update has not met a loss yet. */
  checkEpoch(valLoss: number | undefined): void {
    const [name, value] = this.#firstNonFinite() ?? ['valLoss', valLoss ?? 0];
    if (!Number.isFinite(value)) this.#fail(name, value, 0);
  }

  /** When training stops for another reason: what it leaves is finite too. */
  restoreIfBad(): void {
    if (this.#firstNonFinite()) this.#restore();
  }

  /** A value that is no finite number, and where it is. */
  #firstNonFinite(): [name: string, value: number] | undefined {
    let name = 'weights';
    for (const values of [this.#weights(), ...this.#slots()]) {
      const bad = firstNonFinite(values);
      if (bad >= 0) return [name, values[bad]!];
      name = 'optimizer';
    }
    return undefined;
  }

  /** The history stays, and training can go on from it; slots that led here would only lead here again. */
  #restore(): void {
    this.#weights().set(this.#good);
    for (const slot of this.#slots()) slot.fill(0);
    this.#record.history.step = this.#step;
  }

  #fail(name: string, value: number, ahead: number): never {
    const { epoch, step, partial } = this.#record.history;
    this.#restore();
    const place = `step ${step + ahead} (epoch ${epoch + 1}, batch ${partial.batches + ahead})`;
    throw new RangeError(
      `"${name}" expected a finite number, got ${value} at ${place}; the weights after step ${this.#step} are restored; a lower learning rate, clipNorm or samples scaled to about -1..1 may help`,
    );
  }
}
