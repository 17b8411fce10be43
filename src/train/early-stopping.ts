import type { History } from '../model/history.ts';
import type { EarlyStopping } from './options.ts';

/** Compares the epoch just completed with the best one. `best`: it is the best so far. `stop`: patience has run out. */
export function checkEarlyStopping(history: History, o: Required<EarlyStopping>): { best: boolean; stop: boolean } {
  const values = o.monitor === 'valLoss' ? history.valLoss : history.loss;
  const epoch = history.epoch - 1;
  const best = history.bestEpoch < 0 || values[epoch]! < values[history.bestEpoch]! - o.minDelta;
  if (best) history.bestEpoch = epoch;
  return { best, stop: !best && epoch - history.bestEpoch >= o.patience };
}
