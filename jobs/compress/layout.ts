// The arrangement of channels as samples of a codec.

import type { ProgressOptions } from 'isthmus';
import type { Channel } from './channel.ts';
import {
  abortable,
  compressGroup,
  firstRows,
  interleave,
  type Layout,
  MAX_BLOCK_SAMPLES,
  MAX_BLOCK_VALUES,
  plainModel,
  sizeOfGroup,
} from './codec-pass.ts';
import { periodsOf } from './period.ts';

/** Values on which layouts are compared. */
const TRIAL_VALUES = 2 ** 17;

/** Bytes of a channel that is compressed alone, without what a codec needs for itself. */
export async function bytesAlone(channel: Channel, options: ProgressOptions): Promise<number> {
  const model = await plainModel(1, 1);
  const rows = channel.values.length;
  const { payload } = await compressGroup(
    { model, values: channel.values, channels: [channel], layout: { window: 1 }, trained: false },
    abortable(options),
  );
  // Header, header of a block, end.
  const blocks = Math.ceil(rows / MAX_BLOCK_SAMPLES);
  return Math.max(1, payload.length - 64 - 28 * blocks);
}

/** Whether the values are bytes that are restored exactly. */
const areBytes = (channels: readonly Channel[]): boolean =>
  channels.every(({ bound, values }) => bound < 1 && values.every((value) => value >= 0 && value <= 255));

/** A layout, and the bytes that it takes for a value of the trial; infinite for channels that are too short for a trial. */
export interface LayoutChoice {
  readonly layout: Layout;
  readonly bytesPerValue: number;
}

/**
 * The layout that needs the fewest bytes for the first rows: single rows, windows of a period of the data, or one of `windows`.
 */
export async function chooseLayout(
  channels: readonly Channel[],
  rows: number,
  windows: readonly number[],
  options: ProgressOptions,
): Promise<LayoutChoice> {
  const width = channels.length;
  // A block has at most 65535 samples, and more blocks take more bytes.
  const smallest = Math.max(
    1,
    Math.min(Math.ceil(MAX_BLOCK_VALUES / width / MAX_BLOCK_SAMPLES), Math.ceil(rows / MAX_BLOCK_SAMPLES)),
  );
  const trialRows = Math.min(rows, Math.max(64, Math.floor(TRIAL_VALUES / width)));
  const trial = firstRows(channels, trialRows);
  const modes = areBytes(channels) ? [false, true] : [false];
  let best: { layout: Layout; bytes: number } = { layout: { window: smallest }, bytes: Infinity };
  for (const window of new Set([smallest, ...windows, ...periodsOf(trial.map(({ values }) => values))])) {
    if (window * width > MAX_BLOCK_VALUES || window * 4 > trialRows) continue;
    const model = await plainModel(window, width);
    const values = interleave(trial, trialRows, window);
    for (const bytes of modes) {
      const layout = { window, bytes };
      const size = sizeOfGroup(
        await compressGroup({ model, values, channels: trial, layout, trained: false }, abortable(options)),
      );
      if (size < best.bytes) best = { layout, bytes: size };
    }
  }
  return { layout: best.layout, bytesPerValue: best.bytes / (trialRows * width) };
}
