// Uncaught errors: Node prints the line that throws, then the message. Both fit on a screen of 24 lines.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lacking, needing, tool } from '../runtimes/harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const spec = '{ input: [4], encoder: [i.dense({ units: 2 })], decoder: [i.dense({ units: 4 })] }';

/** Calls that fail at different places, and their messages, by entry. */
const failures: Readonly<Record<string, readonly (readonly [string, RegExp])[]>> = {
  index: [
    ["i.dense({ units: 'many' })", /units" expected integer/],
    ['i.autoencoder({})', /"input" expected/],
    [`i.fit(await i.autoencoder(${spec}), new Float32Array(3))`, /"x" expected/],
    ['i.loadModel(new Uint8Array(3))', /"file" expected at least 8 bytes, got bytes 00 00 00/],
    [`(await i.autoencoder(${spec})).decode('')`, /expected/],
    // Errors while kernels are compiled and while their text is decoded.
    [`(WebAssembly.compile = () => { throw new Error('no kernels') }, i.autoencoder(${spec}))`, /no kernels/],
    [`(TextEncoder.prototype.encodeInto = () => { throw new Error('no text') }, i.autoencoder(${spec}))`, /no text/],
  ],
  slim: [
    ['i.load({})', /"kernels.infer" expected/],
    [`i.autoencoder(${spec})`, /"engine" expected/],
  ],
  worker: [['i.spawn({ worker: 3 })', /"worker" expected/]],
  tfjs: [['i.installKernels({})', /"tf" expected/]],
  onnx: [
    ['i.toOnnx({})', /"model" expected a model made by autoencoder/],
    ['await i.fromOnnx(Uint8Array.of(8, 8))', /"file" expected an ONNX file with a graph/],
    ["await i.fromOnnx('model.onnx')", /"source" expected bytes/],
  ],
};

/** The first screen of Node's output for code that fails, folded into lines of 80 characters as by a narrow terminal. */
function screen(node: string, entry: string, code: string, commonjs: boolean): string {
  const path = JSON.stringify(join(root, 'dist', commonjs ? 'cjs' : '', `${entry}.js`));
  const text = commonjs
    ? `const i = require(${path}); (async () => { await (${code}); })();`
    : `import * as i from ${path}; await (${code});`;
  const flags = commonjs ? [] : ['--input-type=module'];
  const { status, stderr } = spawnSync(node, [...flags, '-e', text], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 1, code);
  return (stderr.match(/.{1,80}|\n/g) ?? [])
    .join('\n')
    .replace(/\n\n\n?/g, '\n')
    .split('\n')
    .slice(0, 24)
    .join('\n');
}

describe('an uncaught error shows its message on the first screen', () => {
  for (const [name, missing, node] of [
    ['this Node', undefined, process.execPath],
    ...[20, 22].map((version) => [
      `Node ${version}`,
      lacking(`node${version}/bin/node`),
      tool(`node${version}/bin/node`),
    ]),
  ] as const)
    for (const commonjs of [false, true])
      needing(missing, `${name}, ${commonjs ? 'CommonJS' : 'modules'}`, () => {
        for (const [entry, calls] of Object.entries(failures))
          for (const [code, message] of calls) assert.match(screen(node!, entry, code, commonjs), message, code);
      });
});

describe('lines of the shipped files', () => {
  it('have at most 240 characters, except those of kernels in wasm/inline.js and of the command', () => {
    // The command prints each error as one line, without the source: test/cli shows it.
    const files = globSync('dist/**/*.js', { cwd: root }).filter((file) => file !== join('dist', 'cli.js'));
    assert.ok(files.length > 12);
    for (const file of files) {
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      for (const [i, line] of lines.entries()) {
        const kernel =
          /wasm[\\/]inline\.js$/.test(file) && /^\s*(const \w+ =\s*)?"[^"]|^export const \w+ =$/.test(line);
        assert.ok(line.length <= 240 || kernel, `${file}:${i + 1} has ${line.length} characters`);
      }
    }
  });
});
