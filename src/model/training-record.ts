import type { Loss } from '../engine/losses.ts';

/** What `fit` returns and carries on from: plain data. One number an epoch in each list. */
export interface History {
  /** Mean loss over the epoch, penalties of weights included. */
  readonly loss: number[];
  /** Loss of the validation data after each epoch; empty without any. */
  readonly valLoss: number[];
  /** With `rateWeight`, bits a sample over the epoch, and of the rounded codes of the validation data; else empty. */
  readonly rate: number[];
  readonly valRate: number[];
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number[];
  /** Seconds of each epoch, validation included. */
  readonly seconds: number[];
  /** Epochs completed. */
  epoch: number;
  /** Updates of the weights so far. */
  step: number;
  /** Epoch, from 0, with the lowest monitored loss, where early stopping watched; else -1. */
  bestEpoch: number;
  /** Early stopping ended it. */
  stoppedEarly: boolean;
  /** The epoch under way when training was interrupted. */
  partial: { batches: number; samples: number; loss: number; seconds: number; rate: number };
}

export const newHistory = (): History => ({
  loss: [],
  valLoss: [],
  rate: [],
  valRate: [],
  learningRate: [],
  seconds: [],
  epoch: 0,
  step: 0,
  bestEpoch: -1,
  stoppedEarly: false,
  partial: { batches: 0, samples: 0, loss: 0, seconds: 0, rate: 0 },
});

/** What training leaves with the model, for a checkpoint and for going on. */
export interface TrainingRecord {
  readonly history: History;
  readonly optimizer: string;
  readonly slots: readonly string[];
  /** Seed of shuffling and noise. */
  readonly seed: number;
  /** Samples of a batch, which the place in an interrupted epoch is counted in. */
  readonly batchSize: number;
  /** Addresses of the slots. */
  readonly slotAddresses: readonly number[];
  /** The loss that `fit` was given, if any: the default of `evaluate`. */
  readonly loss: Loss | undefined;
  /** The weight of the rate that it was given, for the same. */
  readonly rateWeight: number;
  /** Weights of the best epoch, where early stopping is to restore them. */
  best: Float32Array<ArrayBuffer> | undefined;
  /** Weights of the last step, where a run that ended has put the best ones in their place. */
  last: Float32Array<ArrayBuffer> | undefined;
}
