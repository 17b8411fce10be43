// Clean recordings.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanSound } from '../../jobs/sound/index.ts';
import { normalNumbers } from '../../tools/random.ts';

/** Tones that rise and fade, with pauses: two seconds of interleaved channels. */
function tones(rate: number, channels: number): Float32Array {
  return Float32Array.from({ length: 2 * rate * channels }, (_, i) => {
    const t = Math.floor(i / channels) / rate;
    const frequency = 220 * (1 + (i % channels)) + 100 * Math.floor(4 * t);
    const envelope = Math.max(0, Math.sin(2 * Math.PI * 2 * t));
    return 0.3 * envelope * Math.sin(2 * Math.PI * frequency * t);
  });
}

function withNoise(data: Float32Array, sigma: number): Float32Array {
  const normal = normalNumbers(3);
  return data.map((value) => value + sigma * normal());
}

const errorOf = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length);

describe('a cleaned recording', () => {
  it('has less than a third of the noise, at any rate and number of channels', async () => {
    for (const { rate, channels } of [
      { rate: 8000, channels: 1 },
      { rate: 44_100, channels: 2 },
    ]) {
      const clean = tones(rate, channels);
      const data = withNoise(clean, 0.05);
      const { recording, sigma, changed } = await cleanSound({ data, channels, rate });
      assert.ok(Math.abs(sigma! - 0.05) < 0.005, `noise of ${sigma}`);
      assert.equal(changed, true);
      assert.equal(recording.data.length, data.length);
      const error = errorOf(recording.data, clean);
      assert.ok(error < 0.05 / 3, `${rate} Hz: ${error}`);
    }
  });

  it('is the input where there is little noise', async () => {
    const recording = { data: tones(8000, 1), channels: 1, rate: 8000 };
    const result = await cleanSound(recording);
    assert.equal(result.recording, recording);
    assert.match(result.reason!, /little noise/);
  });

  it('may be of any length', async () => {
    for (const frames of [1, 6, 100, 5000]) {
      const data = withNoise(new Float32Array(frames), 0.1);
      const { recording } = await cleanSound({ data, channels: 1, rate: 8000 }, { sigma: 0.1 });
      assert.equal(recording.data.length, frames);
      assert.ok(recording.data.every(Number.isFinite));
    }
  });

  it('raises errors for recordings and options that cannot be used', async () => {
    const recording = { data: new Float32Array(9), channels: 2, rate: 8000 };
    await assert.rejects(cleanSound(recording), /frames of 2 channels, got 9 values/);
    await assert.rejects(cleanSound({ ...recording, channels: 1, rate: 0 }), /"rate" expected a number above 0/);
    await assert.rejects(
      cleanSound({ ...recording, channels: 3, data: new Float32Array(9).fill(Number.NaN) }),
      /not finite/,
    );
    await assert.rejects(cleanSound({ ...recording, channels: 3 }, { sigma: -1 }), /"sigma" expected/);
  });
});
