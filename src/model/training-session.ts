import type { Loss } from '../engine/losses.ts';
import type { History } from './history.ts';

/** The state of a training: what a checkpoint saves and `fit` resumes from. */
export interface TrainingRecord {
  readonly history: History;
  /** Type of the optimizer, such as `adam`. */
  readonly optimizer: string;
  /** Names of the optimizer's slots. */
  readonly slots: readonly string[];
  /** Addresses of the slots: persistent blocks, laid out like the trained weights. */
  readonly slotAddresses: readonly number[];
  /** Seed of shuffling and noise. */
  readonly seed: number;
  /** Samples of a batch: the unit in which an interrupted epoch counts. */
  readonly batchSize: number;
  /** The loss that `fit` was given: the default of `evaluate`. */
  readonly loss: Loss | undefined;
  /** The `rateWeight` that `fit` was given: `evaluate` takes the same. */
  readonly rateWeight: number;
  /** Weights of the best epoch, where early stopping restores them. */
  best: Float32Array<ArrayBuffer> | undefined;
  /** Weights after the last step, once a completed run has replaced them by the best ones. */
  last: Float32Array<ArrayBuffer> | undefined;
}

/** The training of one model. */
export interface TrainingSession {
  /** State of the running `fit`, else of the last `fit` or of the checkpoint. */
  record: TrainingRecord | undefined;
  /** A `fit` is running. */
  isTraining: boolean;
  /** The last `fit` was aborted or threw before its end. */
  wasInterrupted: boolean;
}

export const newSession = (): TrainingSession => ({ record: undefined, isTraining: false, wasInterrupted: false });
