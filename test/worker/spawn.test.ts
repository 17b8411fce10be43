// Tests of isthmus/worker that need Node: threads, processes, the garbage collector, bundles.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import * as isthmus from 'isthmus';
import * as off from 'isthmus/worker';
import { inlineWorker } from 'isthmus/worker-inline';
// @ts-expect-error a script without types
import * as size from '../../scripts/size.mjs';
import { assertAbsent } from '../absent.ts';
import { x } from '../suites/small-model.ts';

const { dense, spawn } = off;
const spec = { input: [20], encoder: [dense({ units: 4 })], decoder: [dense({ units: 20 })] };
const thread = new URL(import.meta.resolve('isthmus/worker-thread'));

/** The functions of isthmus that run in the worker. */
const functions =
  'addHead anomalyDetector autoencoder classify createCodec denoiseImage denoiseSignal estimateNoise evaluate fit fitMixture fromStateDict inpaint interpolate latentMap loadCheckpoint loadCodec loadDetector loadModel quantize readSafetensors sample saveCheckpoint saveModel toStateDict writeSafetensors';

/** A worker, and the messages that were posted to it. */
function recordingWorker() {
  const worker = new Worker(thread);
  const posted: { type: string; id: number }[] = [];
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (message, transfer) => {
    posted.push(message as (typeof posted)[0]);
    post(message, transfer as readonly []);
  };
  return { worker, posted };
}

describe('spawn', () => {
  it('uses a worker that is already running', async () => {
    const worker = await spawn({ worker: new Worker(thread) });
    assert.equal((await worker.autoencoder(spec)).parameterCount, 184);
    worker.terminate();
  });

  it('gives the functions of isthmus that run in the worker, and isthmus/worker exports all factories', async () => {
    const worker = await spawn();
    const calls = Object.keys(worker).filter((name) => name !== 'terminate');
    worker.terminate();
    // A factory that is missing in isthmus/worker would appear among the calls.
    assert.deepEqual(calls.sort(), functions.split(' '));
    const errors = ['FormatError', 'UnsupportedError'];
    const factories = Object.keys(off).filter((name) => !['spawn', 'transfer', ...errors].includes(name));
    assert.deepEqual([...calls, ...factories, ...errors].sort(), Object.keys(isthmus).sort());
    const exports = Object.entries(isthmus as unknown as Record<string, { definition?: { type: string } }>);
    const withDefinition = exports.filter(([, { definition }]) => definition);
    assert.ok(withDefinition.length > 30);
    for (const [name, { definition }] of withDefinition) {
      assert.equal(definition!.type, name);
      assert.ok(factories.includes(name), `${name} is not a factory of isthmus/worker`);
    }
  });

  it('reads tensors and converts weights of PyTorch for a model of the worker', async () => {
    const worker = await spawn();
    const model = await worker.autoencoder(spec, { seed: 1 });
    const map = { 'encoder.0': 'down', 'decoder.0': 'up' };
    const file = await worker.writeSafetensors(await worker.toStateDict(model, map));
    // The types of the worker do not infer that all tensors are F32.
    const { tensors } = (await worker.readSafetensors(file)) as isthmus.SafetensorsContent;
    assert.deepEqual(tensors['down.weight']?.shape, [4, 20]);
    const copy = await worker.autoencoder(spec, { seed: 2 });
    await copy.setWeights(await worker.fromStateDict(copy, tensors, map));
    assert.deepEqual(await copy.encode(x.subarray(0, 20)), await model.encode(x.subarray(0, 20)));
    worker.terminate();
  });

  it('frees the objects of collected proxies, and no others', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { worker, posted } = recordingWorker();
    const released = (): number[] => posted.filter(({ type }) => type === 'release').map(({ id }) => id);
    const spawned = await spawn({ worker });
    const model = await spawned.autoencoder(spec, { seed: 1 });
    const detector = await spawned.anomalyDetector(model, x);
    await (async () => {
      for (let i = 0; i < 3; i++) await spawned.fit(await spawned.autoencoder(spec), x);
    })();
    for (let i = 0; i < 50 && released().length < 6; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(new Set(released()).size, 6, 'three models, three histories');
    assert.equal((await model.encode(x)).length, 800);
    assert.ok(detector.model === model);
    spawned.terminate();
  });

  it('rejects pending and later calls when the worker dies', async () => {
    const worker = new Worker(thread);
    const spawned = await spawn({ worker });
    const model = await spawned.autoencoder(spec);
    const pending = spawned.fit(model, x, { epochs: 1e6 });
    const other = spawned.fit(await spawned.autoencoder(spec), x, { epochs: 1e6 });
    const message = { name: 'Error', message: /^the worker has failed: it has ended with code 1$/ };
    await Promise.all([assert.rejects(pending, message), assert.rejects(other, message), worker.terminate()]);
    await assert.rejects(model.encode(x), message);
  });

  it('names the error of a worker that fails at start, and refuses a value other than a Worker', async () => {
    const worker = new Worker('throw new Error("no such file")', { eval: true });
    await assert.rejects(spawn({ worker }), { name: 'Error', message: 'the worker has failed: no such file' });
    await assert.rejects(spawn({ worker: {} as Worker }), { name: 'TypeError', message: /"worker" expected a Worker/ });
    const idle = new Worker(thread);
    const wrong = Object.entries({ '"workers"': { workers: 2 }, Worker: idle, null: null, 5: 5 });
    for (const [got, options] of wrong)
      await assert.rejects(spawn(options as object), {
        name: 'TypeError',
        message: `"options" expected no other options than worker, got ${got}`,
      });
    await idle.terminate();
  });

  it('rejects when the worker is terminated while it starts', async () => {
    const worker = new Worker(thread);
    const started = spawn({ worker });
    await worker.terminate();
    await assert.rejects(started, { name: 'Error', message: /^the worker has failed: it has ended with code \d$/ });
  });

  it('starts several independent workers at once', async () => {
    const workers = await Promise.all([spawn(), spawn({ worker: inlineWorker() }), spawn()]);
    workers[0].terminate();
    await assert.rejects(workers[0].autoencoder(spec), { name: 'AbortError' });
    const models = await Promise.all(workers.slice(1).map((worker) => worker.autoencoder(spec, { seed: 1 })));
    const codes = await Promise.all(models.map((model) => model.encode(x)));
    assert.deepEqual(codes[0], codes[1]);
    for (const worker of workers) worker.terminate();
  });

  it('terminates a worker that has failed', async () => {
    const worker = new Worker('setInterval(() => {}, 1e6); setTimeout(() => { throw new Error("late"); });', {
      eval: true,
    });
    const ended = new Promise((resolve) => worker.on('exit', resolve));
    await assert.rejects(spawn({ worker }), { message: 'the worker has failed: late' });
    await ended;
  });

  it('rejects in a bundle for Node with the remedy inlineWorker, which works', async () => {
    const code = (from: string, spawned: string): string => `
      import * as off from '${from}';
      off.${spawned}.then(
        (worker) => worker.autoencoder(${JSON.stringify(spec)}).then((model) => console.log(model.parameterCount)),
        (error) => console.log(error.name + ': ' + error.message));`;
    const folder = mkdtempSync(join(tmpdir(), 'isthmus-bundle-'));
    try {
      for (const [format, cause] of [
        ['esm', /^Error: the worker has failed: Cannot find module '.*worker-thread\.js'/],
        ['cjs', /^Error: Invalid URL; /],
      ] as const) {
        const run = async (contents: string): Promise<string> => {
          const stdin = { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) };
          const outfile = join(folder, format === 'esm' ? 'main.mjs' : 'main.cjs');
          await build({
            stdin,
            outfile,
            bundle: true,
            platform: 'node',
            format,
            logLevel: 'error',
            logOverride: { 'empty-import-meta': 'silent' },
          });
          return execFileSync(process.execPath, [outfile], { encoding: 'utf8' });
        };
        const message = await run(code('isthmus/worker', 'spawn()'));
        assert.match(message, cause);
        assert.match(message, /; spawn\(\{ worker: inlineWorker\(\) \}\) of isthmus\/worker-inline needs no file/);
        assert.equal(await run(code('isthmus/worker-inline', 'spawn({ worker: off.inlineWorker() })')), '184\n');
        assert.equal(await run(code('isthmus/worker-inline', 'spawn()')), '184\n');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('does not keep an idle process alive', () => {
    const code = `
      import { spawn } from 'isthmus/worker';
      const { autoencoder } = await spawn();
      const model = await autoencoder(${JSON.stringify(spec)});
      console.log((await model.encode(new Float32Array(20))).length);`;
    const options = { encoding: 'utf8', timeout: 60_000 } as const;
    assert.equal(execFileSync(process.execPath, ['--input-type=module', '-e', code], options), '4\n');
  });

  it('throws UnsupportedError in a runtime without workers', () => {
    const code = `
      import { spawn } from 'isthmus/worker';
      process.getBuiltinModule = NONE;
      await spawn().catch((e) => console.log(e.name, e.feature));`;
    // Three runtimes: no `getBuiltinModule`, no module worker_threads, and a Worker that throws, as on Cloudflare.
    const stub = '() => ({ Worker: class { constructor() { throw new Error("not implemented"); } } })';
    for (const replacement of ['undefined', '() => undefined', stub]) {
      const text = code.replace('NONE', replacement);
      const out = execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' });
      assert.equal(out, 'UnsupportedError Workers\n', replacement);
    }
  });
});

describe('the builds of isthmus/worker', () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const files = (target: object | string): string[] =>
    typeof target === 'string' ? [target] : Object.values(target).flatMap(files);
  const builds = [...new Set(files(exports['./worker']))].filter((file) => /^\.\/dist\/[\w-]+\.js$/.test(file));

  it('have the same exports, and isthmus/worker-inline has inlineWorker as well', async () => {
    const names = async (file: string): Promise<string[]> => Object.keys(await import(`../../${file}`)).sort();
    assert.ok(builds.length >= 4);
    for (const file of builds) assert.deepEqual(await names(file), Object.keys(off).sort(), file);
    const inline = await names('dist/worker-inline.js');
    assert.deepEqual(inline.filter((name) => name !== 'inlineWorker'), Object.keys(off).sort()); // biome-ignore format: one line
  });

  it('start a worker that answers, except the builds for pages and for runtimes without workers', async () => {
    for (const file of [...builds, 'dist/worker-inline.js']) {
      const { spawn: start }: typeof off = await import(`../../${file}`);
      // The build for Bun needs web workers, which Node lacks.
      if (file.endsWith('fallback.js')) continue;
      const started = start();
      if (/(absent|page)\.js$/.test(file)) await assert.rejects(started, { name: 'UnsupportedError' });
      else {
        const worker = await started;
        assert.equal((await worker.autoencoder(spec)).parameterCount, 184);
        worker.terminate();
      }
    }
  });

  it('contain no `import.meta` under the conditions of bundlers without module support, such as Metro', async () => {
    const resolveDir = fileURLToPath(new URL('.', import.meta.url));
    for (const conditions of [['react-native'], ['workerd'], []]) {
      // esbuild warns about each `import.meta` in a script.
      const { warnings } = await build({
        stdin: { contents: "export * from 'isthmus/worker';", resolveDir },
        bundle: true,
        format: 'iife',
        platform: 'neutral',
        conditions,
        logLevel: 'silent',
        write: false,
      });
      assert.deepEqual(warnings, [], `${conditions}`);
    }
  });
});

describe('a page that trains in a worker', () => {
  it('loads no engine and no kernel', async () => {
    const text: string = await size.bundle("export * from 'isthmus/worker';", false);
    const full: string = await size.bundle("export * from 'isthmus';", false);
    assertAbsent(text, [/Strict/, /WebAssembly\.compile/, /WebAssembly\.Memory/, /\bEngine\b/, /gemm/], full);
    assert.ok(size.brotli(await size.bundle("export * from 'isthmus/worker';")) < 5 * 1024);
  });
});
