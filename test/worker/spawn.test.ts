// What of isthmus/worker is Node's own, or can be seen from outside only.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import * as isthmus from 'isthmus';
import * as off from 'isthmus/worker';
// @ts-expect-error a script without types
import * as size from '../../scripts/size.mjs';
import { x } from '../suites/small.ts';

const { dense, spawn } = off;
const spec = { input: [20], encoder: [dense({ units: 4 })], decoder: [dense({ units: 20 })] };
const thread = new URL(import.meta.resolve('isthmus/worker-thread'));

/** A worker that is watched: what was posted to it. */
function watched() {
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
  it('takes a worker that runs already', async () => {
    const worker = await spawn({ worker: new Worker(thread) });
    assert.equal((await worker.autoencoder(spec)).parameterCount, 184);
    worker.terminate();
  });

  it('has all calls of the package, and isthmus/worker all that it makes', async () => {
    const worker = await spawn();
    const calls = Object.keys(worker).filter((name) => name !== 'terminate');
    worker.terminate();
    const own = ['FormatError', 'UnsupportedError'];
    const made = Object.keys(off).filter((name) => !['spawn', 'transfer', ...own].includes(name));
    assert.deepEqual([...calls, ...made, ...own].sort(), Object.keys(isthmus).sort());
    const plain = ['adam', 'adamw', 'cosine', 'exponentialDecay', 'momentum', 'rmsprop', 'sgd', 'warmup'];
    for (const name of made) {
      const { kind } = (isthmus as unknown as Record<string, { kind?: { type: string } }>)[name]!;
      assert.ok(kind?.type === name || plain.includes(name) || name.endsWith('Autoencoder'), name);
    }
  });

  it('frees what is dropped here, and nothing that is held', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { worker, posted } = watched();
    const released = (): number[] => posted.filter(({ type }) => type === 'release').map(({ id }) => id);
    const spawned = await spawn({ worker });
    const kept = await spawned.autoencoder(spec, { seed: 1 });
    const detector = await spawned.anomalyDetector(kept, x);
    await (async () => {
      for (let i = 0; i < 3; i++) await spawned.fit(await spawned.autoencoder(spec), x);
    })();
    for (let i = 0; i < 50 && released().length < 6; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(new Set(released()).size, 6, 'three models, three histories');
    assert.equal((await kept.encode(x)).length, 800);
    assert.ok(detector.model === kept);
    spawned.terminate();
  });

  it('rejects all calls when the worker dies, and later ones', async () => {
    const worker = new Worker(thread);
    const spawned = await spawn({ worker });
    const model = await spawned.autoencoder(spec);
    const under = spawned.fit(model, x, { epochs: 1e6 });
    const other = spawned.fit(await spawned.autoencoder(spec), x, { epochs: 1e6 });
    const message = { name: 'Error', message: /^the worker has failed: it has ended with code 1$/ };
    await Promise.all([assert.rejects(under, message), assert.rejects(other, message), worker.terminate()]);
    await assert.rejects(model.encode(x), message);
  });

  it('says what is wrong with a worker that does not start, or is none', async () => {
    const worker = new Worker('throw new Error("no such file")', { eval: true });
    await assert.rejects(spawn({ worker }), { name: 'Error', message: 'the worker has failed: no such file' });
    await assert.rejects(spawn({ worker: {} as Worker }), { name: 'TypeError', message: /"worker" expected a Worker/ });
    await assert.rejects(spawn({ workers: 2 } as object), {
      name: 'TypeError',
      message: /no other options than worker/,
    });
  });

  it('ends with the process that has nothing else to do', () => {
    const code = `
      import { spawn } from 'isthmus/worker';
      const { autoencoder } = await spawn();
      const model = await autoencoder(${JSON.stringify(spec)});
      console.log((await model.encode(new Float32Array(20))).length);`;
    const options = { encoding: 'utf8', timeout: 60_000 } as const;
    assert.equal(execFileSync(process.execPath, ['--input-type=module', '-e', code], options), '4\n');
  });

  it('is refused where there are no workers', () => {
    const code = `
      import { spawn } from 'isthmus/worker';
      process.getBuiltinModule = NONE;
      await spawn().catch((e) => console.log(e.name, e.feature));`;
    // Nothing at all; and, as on Cloudflare, a module of Node with nothing in it.
    const hollow = '() => ({ Worker: class { constructor() { throw new Error("not implemented"); } } })';
    for (const none of ['undefined', '() => undefined', hollow]) {
      const text = code.replace('NONE', none);
      const out = execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' });
      assert.equal(out, 'UnsupportedError Workers\n', none);
    }
  });
});

describe('a page that trains in a worker', () => {
  it('ships no engine and no kernel', async () => {
    const text: string = await size.bundle("export * from 'isthmus/worker';", false);
    assert.doesNotMatch(text, /Strict|WebAssembly\.(compile|Memory)|class Engine|gemm/);
    assert.ok(size.brotli(await size.bundle("export * from 'isthmus/worker';")) < 5 * 1024);
  });
});
