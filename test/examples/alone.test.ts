// Each example works in a copy of its folder, with the packed package and with the packages that its package.json names.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertAbsent } from '../absent.ts';
import { lacking, needing, tool } from '../runtimes/harness.ts';
import { copyAlone, exampleNames, examples, manifestOf, runIn } from './alone.ts';
import { checkVersionsIn } from './project.ts';

/** What an example does with its packages alone: a script to run, with the text that its output must match. */
interface Trial {
  readonly command: readonly [string, ...string[]];
  readonly output: RegExp;
  /** The path of a tool without which the trial cannot run. */
  readonly tool?: string;
}
const build = (output: RegExp, tool: string): Trial => ({ command: ['npm', 'run', 'build'], output, tool });
const worker = 'wrangler';

const trials: Readonly<Record<string, Trial>> = {
  bun: { command: [tool('.bin/bun'), 'build', 'main.ts', '--target=bun', '--outdir=dist'], output: /main\.js/, tool: '.bin/bun' },
  'cloudflare-worker': { command: ['npm', 'run', 'train'], output: /^detector\.safetensors: \d+\.\d KB, threshold \d\.\d\d$/m },
  'cloudflare-worker-telemetry': {
    command: ['wrangler', 'deploy', '--dry-run', '--outdir=dist'],
    output: /--dry-run: exiting now/,
    tool: worker,
  },
  deno: { command: [tool('.bin/deno'), 'check', '--quiet', 'main.ts'], output: /^$/, tool: '.bin/deno' },
  digits: { command: ['node', 'inpaint-digits.ts', '--quick'], output: /^error in the missing half: 0\.\d{4} left black, 0\.\d{4} filled in$/m },
  esbuild: build(/main\.js/, 'esbuild'),
  node: { command: ['npm', 'start'], output: /^100 windows watched, threshold \d\.\d\d$/m },
  rollup: build(/created/, 'rollup'),
  tfjs: build(/page\.js/, 'esbuild'),
  vite: build(/built in/, 'vite'),
  webpack: build(/compiled successfully/, 'webpack'),
}; // biome-ignore format: a row each
/** Pages without a build step, which a server of the folder gives to browsers; test/examples/pages.test.ts opens them. */
const pages = ['browser', 'strict-csp', 'web-worker'];

/** Files that several folders have, because each folder works alone. */
const copies: Readonly<Record<string, readonly string[]>> = {
  'examples/browser': ['examples/web-worker', 'examples/strict-csp'],
  tools: ['examples/digits/tools'],
};

describe('the folder of each example', () => {
  it('has a package.json with the tested versions, a README, and a line in examples/README.md', () => {
    const list = readFileSync(join(examples, 'README.md'), 'utf8');
    for (const name of exampleNames) {
      checkVersionsIn(join(examples, name));
      assert.match(readFileSync(join(examples, name, 'README.md'), 'utf8'), /^# .*\n\n[A-Z`[]/);
      assert.ok(list.includes(`](${name}/)`), name);
    }
  });

  it('imports nothing from outside', () => {
    for (const name of exampleNames) {
      const files = readdirSync(join(examples, name), { recursive: true, encoding: 'utf8' });
      for (const file of files.filter((path) => /\.(ts|js|html)$/.test(path) && !/node_modules|dist/.test(path))) {
        const depth = file.split(/[\\/]/).length - 1;
        const outside = new RegExp(`(from |import |import\\(|src=|href=)["'](\\.\\./){${depth + 1},}[\\w-]`);
        assertAbsent(
          readFileSync(join(examples, name, file), 'utf8'),
          [outside],
          `from '${'../'.repeat(depth + 1)}x'`,
          file,
        );
      }
    }
  });

  it('has the same text as the folder that a file was copied from', () => {
    const root = join(examples, '..');
    let count = 0;
    for (const [from, folders] of Object.entries(copies))
      for (const folder of folders)
        for (const file of readdirSync(join(root, folder)).filter((path) =>
          /^(?!main|package|index|README).*\.\w+$/.test(path),
        )) {
          if (!existsSync(join(root, from, file))) continue;
          count++;
          assert.equal(
            readFileSync(join(root, folder, file), 'utf8'),
            readFileSync(join(root, from, file), 'utf8'),
            file,
          );
        }
    assert.equal(count, 13);
  });

  it('has a trial', () => {
    assert.deepEqual([...Object.keys(trials), ...pages].sort(), [...exampleNames].sort());
  });
});

describe('an example alone in a folder', () => {
  for (const [name, { command, output, tool: path }] of Object.entries(trials))
    needing(path === undefined ? undefined : lacking(path), `works: ${name}`, () => {
      const { folder, remove } = copyAlone(name);
      try {
        const { status, stdout, stderr } = runIn(folder, ...command);
        assert.equal(status, 0, stdout + stderr);
        assert.match(stdout + stderr, output);
      } finally {
        remove();
      }
    });

  for (const name of pages)
    it(`serves its page: ${name}`, async () => {
      const { folder, remove } = copyAlone(name);
      const probe = createServer().listen(0, 'localhost');
      await once(probe, 'listening');
      const { port } = probe.address() as { port: number };
      probe.close();
      assert.equal(manifestOf(folder).scripts.start, 'node server.js');
      const server = spawn(process.execPath, ['server.js'], {
        cwd: folder,
        env: { ...process.env, PORT: String(port) },
      });
      try {
        const [line] = await once(server.stdout, 'data');
        const url = String(line).trim();
        assert.equal(url, `http://localhost:${port}/`);
        const status = async (file: string) => (await fetch(url + file)).status;
        const paths = [
          '',
          'main.js',
          'style.css',
          'node_modules/isthmus/dist/index.js',
          'missing',
          '%',
          '%2e%2e%2fpackage.json',
        ];
        assert.deepEqual(await Promise.all(paths.map(status)), [200, 200, 200, 200, 404, 404, 200]);
      } finally {
        server.kill();
        remove();
      }
    });
});
