// Fake timers of Vitest, which do not advance.
import { expect, test, vi } from 'vitest';

async function use() {
  const { autoencoder, dense, denoiseImage, fit: train, flatten, reshape } = await import('isthmus');
  const decoder = [dense({ units: 64 }), reshape({ targetShape: [8, 8, 1] })];
  const m = await autoencoder({ input: [8, 8, 1], encoder: [flatten(), dense({ units: 8 })], decoder }, { seed: 1 });
  const x = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 17) / 17);
  const { loss } = await train(m, x, { epochs: 100, validationData: x });
  expect(loss[99]).toBeLessThan(loss[0]);
  await denoiseImage(m, { width: 200, height: 200, data: new Uint8ClampedArray(4 * 200 * 200) });
}

for (const when of ['before', 'after'])
  test(`fake timers installed ${when} the package is imported`, async () => {
    vi.resetModules();
    if (when === 'after') await import('isthmus');
    vi.useFakeTimers();
    try {
      await use();
    } finally {
      vi.useRealTimers();
    }
  });
