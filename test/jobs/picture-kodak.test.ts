// Clean photographs, in decibels.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decode } from 'fast-png';
import { cleanPicture } from '../../jobs/picture/index.ts';
import { normalNumbers } from '../../tools/random.ts';

const folder = `${process.env.ISTHMUS_DATA ?? new URL('../../../shared/data', import.meta.url).pathname}/kodak`;

/** The inner 256 x 256 pixels of a photograph. */
function crop(name: string): Uint8Array {
  const { data, width, height } = decode(readFileSync(`${folder}/${name}`));
  const [left, top] = [(width - 256) >> 1, (height - 256) >> 1];
  const rows = Array.from({ length: 256 }, (_, y) =>
    data.subarray(((top + y) * width + left) * 3, ((top + y) * width + left + 256) * 3),
  );
  return Uint8Array.from(rows.flatMap((row) => Array.from(row)));
}

function decibels(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / sum);
}

describe('clean photographs', { skip: !existsSync(folder) && 'no shared data' }, () => {
  it('gain at least 6 dB at a noise of 15 levels, 7 dB at 25, and lose nothing without noise', async () => {
    for (const name of ['kodim05.png', 'kodim23.png']) {
      const clean = crop(name);
      const size = { width: 256, height: 256 };
      assert.equal((await cleanPicture({ data: clean, ...size })).changed, false);
      for (const { sigma, gain } of [
        { sigma: 15, gain: 6 },
        { sigma: 25, gain: 7 },
      ]) {
        const normal = normalNumbers(sigma);
        const noisy = clean.map((value) => Math.max(0, Math.min(255, Math.round(value + sigma * normal()))));
        const { picture } = await cleanPicture({ data: noisy, ...size });
        const gained = decibels(picture.data, clean) - decibels(noisy, clean);
        assert.ok(gained >= gain, `${name} at ${sigma}: ${gained.toFixed(2)} dB`);
      }
    }
  });
});
