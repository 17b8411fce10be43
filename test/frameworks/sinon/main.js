// All fake timers of Sinon, which do not advance: installed before the import of the package (argument `before`) or after it.
const sinon = require('sinon');
const FakeTimers = require('@sinonjs/fake-timers');

async function use() {
  const { autoencoder, dense, denoiseImage, fit: train, flatten, reshape } = await import('isthmus');
  const decoder = [dense({ units: 64 }), reshape({ targetShape: [8, 8, 1] })];
  const m = await autoencoder({ input: [8, 8, 1], encoder: [flatten(), dense({ units: 8 })], decoder }, { seed: 1 });
  const { loss } = await train(m, new Float32Array(64 * 64), { epochs: 100 });
  await denoiseImage(m, { width: 200, height: 200, data: new Uint8ClampedArray(4 * 200 * 200) });
  return loss.length;
}

async function main() {
  if (process.argv[2] === 'after') await import('isthmus');
  for (const begin of [() => sinon.useFakeTimers(), () => FakeTimers.install()]) {
    const clock = begin();
    const epochs = await use();
    clock.uninstall?.();
    clock.restore?.();
    console.log(epochs);
  }
}

main();
