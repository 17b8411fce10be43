/** The progress of a training: plain data, which `fit` returns and resumes from. The lists have one number for each epoch. */
export interface History {
  /** Mean loss of the epoch's batches, penalties included. */
  readonly loss: number[];
  /** Loss of the validation data after each epoch; empty without validation data. */
  readonly valLoss: number[];
  /** Bits per sample: the mean of the epoch's batches; empty without `rateWeight`. */
  readonly rate: number[];
  /** Bits per sample of the rounded codes of the validation data; empty without `rateWeight` or validation data. */
  readonly valRate: number[];
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number[];
  /** Seconds that each epoch took, validation included. */
  readonly seconds: number[];
  /** Epochs completed. */
  epoch: number;
  /** Updates of the weights so far. */
  step: number;
  /** Epoch, counted from 0, with the lowest monitored loss; -1 without early stopping. */
  bestEpoch: number;
  /** Early stopping ended the training. */
  stoppedEarly: boolean;
  /** Progress of the interrupted epoch; zeros at the end of an epoch. */
  partial: {
    /** Finished batches. */
    batches: number;
    /** Samples of the finished batches. */
    samples: number;
    /** Sum of the losses, each times the samples of its batch. */
    loss: number;
    /** Seconds so far. */
    seconds: number;
    /** Sum of the bits, each times the samples of its batch. */
    rate: number;
  };
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
