// Settings of Workers: Node's globals, code that runs before a request, and the output of bundlers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from './inside/run.ts';
import { ask, bundle, missing } from './serve.ts';

const skip = missing && process.env.CI !== 'true' ? missing : false;

/** A Worker that runs suites and reports whether Node's globals exist. */
const suites = `import { all } from './run.js';
export default {
  async fetch() {
    const outcomes = [];
    for (const suite of ['bits', 'running', 'interrupting', 'detectorFiles']) outcomes.push(...(await all(suite)));
    return Response.json({ node: typeof process === 'object', outcomes });
  },
};`;

/** A Worker that builds a model and answers with a code, or with the error. */
const small = `import { autoencoder, dense } from 'isthmus';
const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
export default {
  async fetch() {
    const tell = async () => String((await autoencoder(spec, { seed: 1 })).encode(new Float32Array(4)));
    return new Response(await tell().catch((error) => error.name + ': ' + error.message));
  },
};`;

describe('workerd', { skip }, () => {
  for (const [name, date, flags, node] of [
    ['without Node', '2024-09-01', [], false],
    ['with nodejs_compat', '2024-09-23', ['nodejs_compat'], true],
    ['of today', '2026-11-01', [], true],
    ['of today with no_nodejs_compat', '2026-11-01', ['no_nodejs_compat'], true],
  ] as const) {
    it(`${name} runs the package`, async () => {
      const answer = JSON.parse(await ask(await bundle(suites), date, flags)) as { node: boolean; outcomes: Outcome[] };
      assert.equal(answer.node, node);
      assert.ok(answer.outcomes.length > 10);
      for (const { suite, title, error } of answer.outcomes) assert.equal(error, undefined, `${suite}: ${title}`);
    });
  }

  it('draws no random number, reads no clock and compiles nothing before the first request', async () => {
    // Bundled in the order of the imports: the first module replaces the functions that the others must not call.
    const watch = `export const calls = [];
      const kept = [];
      export const restore = () => { for (const [object, name, value] of kept) object[name] = value; };
      for (const [object, ...names] of [
        [globalThis, 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'Worker', 'MessageChannel'],
        [Date, 'now'], [Math, 'random'], [performance, 'now'], [crypto, 'getRandomValues', 'randomUUID'],
        [WebAssembly, 'compile', 'instantiate', 'validate', 'Module', 'Instance', 'Memory'],
      ])
        for (const name of names) {
          const value = object[name];
          if (typeof value !== 'function') continue;
          kept.push([object, name, value]);
          object[name] = function (...args) {
            calls.push(name);
            return new.target ? new value(...args) : value.apply(this, args);
          };
        }`;
    const code = `import { calls, restore } from ${JSON.stringify(`data:text/javascript,${encodeURIComponent(watch)}`)};
      import * as isthmus from 'isthmus';
      const before = [...calls];
      Math.random();
      export default {
        fetch() {
          restore();
          return Response.json({ before, seen: calls.length - before.length, names: Object.keys(isthmus).length });
        },
      };`;
    const { before, seen, names } = JSON.parse(await ask(await bundle(code)));
    assert.deepEqual(before, []);
    // The replaced functions report a call, and the package works.
    assert.equal(seen, 1);
    assert.ok(names > 50);
  });

  it('uses the modules of a bundle', async () => {
    assert.match(await ask(await bundle(small)), /^-?\d[\d.e-]*,-?\d[\d.e-]*$/);
  });

  it('explains how to build a bundle that would compile bytes', async () => {
    assert.equal(
      await ask(await bundle(small, { conditions: [] })),
      "UnsupportedError: this runtime lacks permission to compile WebAssembly: script-src in the page's " +
        "Content-Security-Policy needs 'wasm-unsafe-eval'; the bundler of a Worker must resolve the condition workerd and " +
        'keep .wasm files as modules',
    );
  });

  for (const [loader, got] of [
    ['empty', 'an object'],
    ['file', '"./infer.strict.wasm"'],
    ['binary', 'Uint8Array\\(\\d+\\)'],
    ['base64', '"AGFzb.*…"'],
    ['dataurl', '"data:application/wasm;.*…"'],
  ] as const) {
    it(`explains how to build a bundle whose modules the loader "${loader}" has dropped`, async () => {
      const expected = 'a WebAssembly\\.Module \\(the bundler must keep \\.wasm files as modules, as wrangler does\\)';
      assert.match(
        await ask(await bundle(small, { loader: { '.wasm': loader } })),
        new RegExp(`^TypeError: "#wasm" expected ${expected}, got ${got}$`),
      );
    });
  }

  it('reports a stub in the place of a module', async () => {
    const stub = {
      name: 'stub',
      setup: (b: import('esbuild').PluginBuild) =>
        b.onLoad({ filter: /\.wasm$/ }, () => ({ contents: 'export default undefined;' })),
    };
    assert.match(
      await ask(await bundle(small, { plugins: [stub] })),
      /^TypeError: "#wasm" expected .*, got undefined$/,
    );
  });
});
