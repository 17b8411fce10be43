// The example of tfjs in a page, in Node, in Deno and in a Worker; and tfjs's builds, the threaded one among them.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, firefox, type Tab, webkit } from './browser.ts';
import { lacking, needing, outputOf, tool } from './harness.ts';
import type { Outcome } from './inside/run.ts';
import { isolated, serve } from './site.ts';
import type { Build, Findings } from './tfjs/builds.ts';
import { serveWorker } from './workerd.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const example = `${root}examples/tfjs/`;

/** Fails unless the losses fall to a share of the first one. */
function fall(losses: readonly number[], epochs: number, to: number): void {
  assert.equal(losses.length, epochs);
  assert.ok(
    losses.every((loss, i) => loss > 0 && (i === 0 || loss < losses[i - 1]!)),
    losses.join(),
  );
  assert.ok(losses.at(-1)! < to * losses[0]!, losses.join());
}

/** Runs `main.ts` and checks its output. */
async function prints(command: string, ...args: string[]): Promise<void> {
  const { code, out, errors } = await outputOf(root, command, ...args, `${example}main.ts`);
  assert.deepEqual([code, errors], [0, '']);
  const lines = [...out.matchAll(/^epoch (\d): loss (\d\.\d{4}) on wasm$/gm)];
  assert.equal(lines.length, out.trim().split('\n').length, out);
  fall(lines.map(([, , loss]) => Number(loss)), 6, 0.6); // biome-ignore format: short
}

/** A page of a browser on files of a folder. */
async function inPage(
  browser: Browser,
  folder: string,
  headers: Record<string, string>,
  use: (tab: Tab, url: string) => Promise<void>,
): Promise<void> {
  const site = await serve(folder, { '/': '<!doctype html><meta charset="utf-8">' }, undefined, headers);
  try {
    const tab = await browser.launch();
    try {
      await use(tab, site.url);
    } finally {
      await tab.close();
    }
  } finally {
    site.close();
  }
}

describe('the tfjs example', () => {
  it('differs from a plain tfjs model in one line, without which it does not train', async () => {
    const text = readFileSync(`${example}model.ts`, 'utf8');
    const lines = text.split('\n');
    const ours = lines.filter((line) => line.includes('isthmus'));
    assert.deepEqual(ours, ["  await import('isthmus/tfjs').then(({ installKernels }) => installKernels(tf));"]);
    const folder = `${root}build/tfjs-without/`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}model.ts`, lines.filter((line) => line !== ours[0]).join('\n'));
    cpSync(`${example}main.ts`, `${folder}main.ts`);
    const { code, errors } = await outputOf(root, process.execPath, `${folder}main.ts`);
    assert.notEqual(code, 0);
    assert.match(errors, /Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'/);
  });

  it('trains in Node', () => prints(process.execPath));
  const deno = '.bin/deno';
  needing(lacking(deno), 'trains in Deno', () => prints(tool(deno), 'run', '--quiet', '--no-prompt', '--allow-read'));

  const page = `${root}build/tfjs-page/`;
  before(() =>
    build({
      entryPoints: [`${example}page.ts`, `${example}index.html`],
      outdir: page,
      bundle: true,
      format: 'esm',
      loader: { '.wasm': 'file', '.html': 'copy' },
      logLevel: 'error',
    }),
  );
  for (const [title, browser, headers] of [
    ['Chromium', chromium, {}],
    ['Chromium, isolated, where tfjs has threads', chromium, isolated],
    ['Firefox', firefox, {}],
    ['WebKit', webkit, {}],
  ] as const)
    needing(browser.missing, `trains in a page of ${title}`, () =>
      inPage(browser, page, headers, async (tab, url) => {
        await tab.open(`${url}index.html`);
        const { backend, losses } = JSON.parse(await tab.evaluate('result.then(JSON.stringify)'));
        assert.equal(backend, 'wasm');
        fall(losses, 6, 0.6);
        assert.equal(await tab.evaluate("document.getElementById('state').textContent"), 'trained');
        assert.equal(await tab.evaluate('String(crossOriginIsolated)'), String(headers === isolated));
      }),
    );

  needing(lacking('wrangler'), 'trains in a Worker', async () => {
    const worker = await serveWorker(`${example}worker.ts`, `${example}wrangler.json`);
    try {
      for (let request = 0; request < 2; request++) {
        const response = await worker.fetch('/');
        const { backend, losses } = (await response.json()) as { backend: string; losses: number[] };
        assert.equal(backend, 'wasm');
        fall(losses, 3, 0.8);
      }
    } finally {
      await worker.stop();
    }
  });
});

describe("tfjs's builds in a page that is cross-origin isolated", () => {
  const folder = `${root}build/tfjs-builds/`;
  before(async () => {
    await build({
      entryPoints: [`${root}test/runtimes/tfjs/builds.ts`],
      outdir: folder,
      bundle: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
    });
    mkdirSync(`${folder}wasm`, { recursive: true });
    for (const name of ['', '-simd', '-threaded-simd']) {
      const file = `tfjs-backend-wasm${name}.wasm`;
      cpSync(`${root}node_modules/@tensorflow/tfjs-backend-wasm/dist/${file}`, `${folder}wasm/${file}`);
    }
  });
  const ask = (call: string): string => `import('/builds.js').then((page) => page.${call}).then(JSON.stringify)`;

  needing(chromium.missing, 'have our kernels, on shared memory and as it grows', () =>
    inPage(chromium, folder, isolated, async (tab, url) => {
      await tab.open(url);
      const of = async (name: Build): Promise<Findings> => JSON.parse(await tab.evaluate(ask(`kernels('${name}')`)));
      const findings = { threaded: await of('threaded'), simd: await of('simd'), plain: await of('plain') };
      const { losses } = findings.simd;
      assert.ok(losses.at(-1)! < 0.5 * losses[0]!, losses.join());
      for (const [name, one] of Object.entries(findings)) {
        assert.deepEqual([one.threaded, one.shared], [name === 'threaded', name === 'threaded'], name);
        assert.ok(one.added.includes('Conv2DBackpropFilter'));
        assert.ok(one.grown[1] > one.grown[0], `${name}: ${one.grown}`);
        for (const list of [one.losses, one.after])
          list.forEach((loss, i) => {
            assert.ok(Math.abs(loss - losses[i]!) <= 1e-5 * losses[i]!, `${name}, step ${i}: ${loss} ${losses[i]}`);
          });
      }
    }),
  );

  needing(chromium.missing, 'start from a module of the page', () =>
    inPage(chromium, folder, {}, async (tab, url) => {
      await tab.open(url);
      const losses = JSON.parse(await tab.evaluate(ask('load()'))) as number[];
      assert.ok(losses.length === 20 && losses[19]! < 0.5 * losses[0]!, losses.join());
    }),
  );

  needing(chromium.missing, 'hold our models: all suites on the threaded one', () =>
    inPage(chromium, folder, isolated, async (tab, url) => {
      await tab.open(url);
      const outcomes = JSON.parse(await tab.evaluate(ask("engine('threaded')"))) as Outcome[];
      assert.ok(outcomes.length > 100);
      assert.deepEqual(outcomes.filter(({ error }) => error), []); // biome-ignore format: short
    }),
  );
});
