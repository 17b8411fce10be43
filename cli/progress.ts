// A progress bar on standard error, in a terminal only.

import { barStyle } from '../tools/bar-style.ts';

/** A running bar. */
export interface Progress {
  /** `fraction`: done share, 0..1. `note`: text after the bar. */
  update(fraction: number, note?: string): void;
  /** Removes the bar. */
  stop(): void;
}

const noBar: Progress = { update() {}, stop() {} };

/** A bar with a title where standard error is a terminal that can move its cursor, otherwise nothing. */
export async function openProgress(title: string, visible: boolean): Promise<Progress> {
  if (!visible || !process.stderr.isTTY || process.env.TERM === 'dumb') return noBar;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    ...barStyle,
    format: `${title}  {bar} {percentage}%  {eta_formatted}  {note}`,
  });
  bar.start(1000, 0, { note: '' });
  return {
    update: (fraction, note = '') => bar.update(Math.round(1000 * Math.min(Math.max(fraction, 0), 1)), { note }),
    stop: () => bar.stop(),
  };
}
