// Features of pages: kernels by URL, and content security policies.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { suites } from '../suites/index.ts';
import { chromium, firefox, inPage, webkit } from './browser.ts';
import { everySuite, needing } from './harness.ts';

/** Builds a model in the page and in a worker, and returns the outcome of both. */
const build = `(async () => {
  const { autoencoder, dense } = await import('isthmus');
  const { spawn } = await import('isthmus/worker');
  const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
  const worker = await spawn();
  const answers = [autoencoder, worker.autoencoder].map((make) =>
    make(spec).then((model) => String(model.parameterCount), (error) => error.name + ' ' + error.message));
  const text = JSON.stringify(await Promise.all(answers));
  worker.terminate();
  return text;
})()`;

for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKit: webkit })) {
  const { model, training, bounding, pictures } = suites;
  const run = async () =>
    JSON.parse(await inPage(launch, "import('/slim.js').then((suites) => suites.all()).then(JSON.stringify)"));
  everySuite(`slim in ${name}`, missing, run, { model, training, bounding, pictures } as typeof suites);

  describe(`a page in ${name}`, () => {
    needing(missing, 'has its frames while a worker trains', async () => {
      const expression = "import('/frames.js').then((page) => page.frames('worker', 1)).then(JSON.stringify)";
      const { frames, batches } = JSON.parse(await inPage(launch, expression));
      assert.ok(frames >= 2 && batches >= 2, `${frames} frames, ${batches} batches`);
    });
  });

  describe(`a policy in ${name}`, () => {
    const under = (source: string) => inPage(launch, build, `script-src 'self' 'unsafe-inline' ${source}`);

    needing(missing, 'that does not allow WebAssembly is named, with what to add', async () => {
      for (const answer of JSON.parse(await under('')))
        assert.match(answer, /^UnsupportedError .*Content-Security-Policy needs 'wasm-unsafe-eval'/);
    });

    needing(missing, 'that does is enough, on the spot and in a worker', async () => {
      assert.deepEqual(JSON.parse(await under("'wasm-unsafe-eval'")), ['22', '22']);
    });
  });
}
