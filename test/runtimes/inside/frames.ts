// Runs in a page: measures its frames while it is idle, while it trains, and while a worker trains.
import * as isthmus from 'isthmus';
import { spawn } from 'isthmus/worker';
import { numbers } from '../../suites/assert.ts';

export interface Frames {
  readonly frames: number;
  /** The longest time between two frames and its 99th percentile, in milliseconds. */
  readonly longest: number;
  readonly percentile: number;
  /** Number of batches trained during the measurement. */
  readonly batches: number;
}

const pixels = 28 * 28;

/** Measures the times between frames from `begin` to `end`. */
function watch(): { begin(): void; end(): Omit<Frames, 'batches'> } {
  const gaps: number[] = [];
  let last: number | undefined;
  let on = false;
  const frame = (): void => {
    const now = performance.now();
    if (last !== undefined) gaps.push(now - last);
    last = now;
    if (on) requestAnimationFrame(frame);
  };
  return {
    begin() {
      on = true;
      requestAnimationFrame(frame);
    },
    end() {
      on = false;
      const sorted = gaps.toSorted((a, b) => a - b);
      const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      return { frames: gaps.length, longest: at(1), percentile: at(0.99) };
    },
  };
}

/** Measures frames for some seconds while a convolutional autoencoder of 28 x 28 pixels is trained `where`. */
export async function frames(where: 'nowhere' | 'page' | 'worker', seconds: number): Promise<Frames> {
  const { begin, end } = watch();
  let batches = 0;
  const until = new AbortController();
  const stop = (): void => void setTimeout(() => until.abort('enough'), 1000 * seconds);
  const spec = isthmus.convAutoencoder({ input: [28, 28, 1], latent: 16 });
  const x = Float32Array.from(numbers(pixels * 2048), (v) => 0.5 + 0.5 * v);
  const options = {
    epochs: 1e6,
    signal: until.signal,
    onBatchEnd() {
      if (batches++) return;
      begin();
      stop();
    },
  };
  const enough = (reason: unknown): void => {
    if (reason !== 'enough') throw reason;
  };
  if (where === 'page') await isthmus.fit(await isthmus.autoencoder(spec), x, options).catch(enough);
  else if (where === 'worker') {
    const worker = await spawn();
    await worker.fit(await worker.autoencoder(spec), x, options).catch(enough);
    worker.terminate();
  } else {
    begin();
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }
  return { ...end(), batches };
}
