// Sound in an AudioWorklet, whose realm has no TextEncoder, performance, crypto, timers or messages: the worklet loads a model from
// a file, trains a model, and denoises each block with the bits of the page.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { build } from 'esbuild';
import { chromium, firefox } from './browser.ts';
import { needing, project } from './harness.ts';
import { page, serve } from './site.ts';

/** The processor with the package of `start`: a function from kernels to the API in the worklet. */
const processor = (start: string): string => `
  ${start}
  class Cleaner extends AudioWorkletProcessor {
    constructor({ processorOptions: { file, kernels } }) {
      super();
      this.begin(file, kernels).then((text) => this.port.postMessage(text), (error) => this.port.postMessage(String(error.stack)));
    }
    async begin(file, kernels) {
      const { autoencoder, loadModel } = await over(kernels);
      const spec = { input: [32], encoder: [isthmus.dense({ units: 4 })], decoder: [isthmus.dense({ units: 32 })] };
      const trained = await autoencoder(spec, { seed: 3 });
      const x = Float32Array.from({ length: 32 * 640 }, (_, i) => Math.fround((i % 23) / 23));
      const { loss } = await isthmus.fit(trained, x, { epochs: 20, deterministic: true });
      this.model = await loadModel(file);
      return JSON.stringify([...loss]);
    }
    process([[input]], [[output]]) {
      if (input && this.model) output.set(isthmus.denoiseSignal(this.model, input.slice()));
      return true;
    }
  }
  registerProcessor('cleaner', Cleaner);`;

const entries = {
  isthmus: `import * as isthmus from 'isthmus'; const over = async () => isthmus;`,
  'isthmus/slim': `import * as isthmus from 'isthmus/slim';
    const over = async (kernels) => {
      const engine = await isthmus.load(kernels);
      const options = { engine, layers: [isthmus.conv1d, isthmus.residual] };
      return {
        autoencoder: (spec, { seed }) => isthmus.autoencoder(spec, { seed, engine }),
        loadModel: (file) => isthmus.loadModel(file, options),
      };
    };`,
};

/** The page: the model, and sound denoised in blocks of 128 in the page and in the worklet, as 32-bit words. */
const compare = `(async () => {
  const { autoencoder, conv1d, dense, denoiseSignal, fit, residual, saveModel } = await import('isthmus');
  const same = { kernelSize: 9, padding: 'same' };
  const m = await autoencoder(
    { input: [128, 1], encoder: [residual({ layers: [conv1d({ filters: 8, activation: 'relu', ...same }), conv1d({ filters: 1, ...same })] })],
      decoder: [residual({ layers: [conv1d({ filters: 1, ...same })] })] },
    { seed: 1 });
  const length = 128 * 300;
  const sound = Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(i / 9) / 3 + (((i * 7919) % 101) / 101 - 0.5) / 5));
  const clean = Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(i / 9) / 3));
  await fit(m, sound, { targets: clean, epochs: 40, deterministic: true });
  const bytes = async (name) => new Uint8Array(await (await fetch('/node_modules/isthmus/dist/wasm/' + name + '.strict.wasm')).arrayBuffer());
  const kernels = { infer: await bytes('infer'), train: await bytes('train'), convolution: await bytes('convolution') };
  const context = new OfflineAudioContext(1, length, 48000);
  await context.audioWorklet.addModule('/worklet.js');
  const node = new AudioWorkletNode(context, 'cleaner', { processorOptions: { file: saveModel(m), kernels } });
  const answer = await new Promise((resolve, reject) => {
    node.port.onmessage = ({ data }) => resolve(data);
    node.onprocessorerror = () => reject(new Error('the processor failed'));
  });
  const buffer = new AudioBuffer({ length, sampleRate: 48000 });
  buffer.copyToChannel(sound, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  const got = (await context.startRendering()).getChannelData(0);
  let [different, before, after] = [0, 0, 0];
  for (let at = 0; at < length; at += 128) {
    const expected = denoiseSignal(m, sound.slice(at, at + 128));
    for (let i = 0; i < 128; i++) {
      if (!Object.is(expected[i], got[at + i])) different++;
      before += (sound[at + i] - clean[at + i]) ** 2;
      after += (got[at + i] - clean[at + i]) ** 2;
    }
  }
  const spec = { input: [32], encoder: [dense({ units: 4 })], decoder: [dense({ units: 32 })] };
  const here = await fit(await autoencoder(spec, { seed: 3 }),
    Float32Array.from({ length: 32 * 640 }, (_, i) => Math.fround((i % 23) / 23)), { epochs: 20, deterministic: true });
  return JSON.stringify({ different, gain: before / after, answer, here: JSON.stringify([...here.loss]) });
})()`;

for (const [browser, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox }))
  describe(`an AudioWorklet in ${browser}`, () => {
    for (const [entry, start] of Object.entries(entries))
      needing(missing, `trains a model, loads one and cleans sound with the bits of the page: ${entry}`, async () => {
        const { outputFiles } = await build({
          stdin: { contents: processor(start), resolveDir: project },
          bundle: true,
          format: 'esm',
          write: false,
          logLevel: 'error',
        });
        const site = await serve(project, { '/': page, '/worklet.js': outputFiles[0]!.text });
        const tab = await launch();
        try {
          await tab.open(site.url);
          const { different, gain, answer, here } = JSON.parse(await tab.evaluate(compare));
          assert.equal(answer, here, 'it trains as the page does');
          assert.equal(different, 0, 'it cleans as the page does');
          assert.ok(gain > 1.5, `${gain}`);
        } finally {
          await tab.close();
          site.close();
        }
      });
  });
