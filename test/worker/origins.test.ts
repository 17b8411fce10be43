// Workers of pages whose scripts come from another origin (a CDN), of pages without an origin (a sandboxed frame), and in browsers
// without module workers.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { build as esbuild } from 'esbuild';
import { chromium, firefox, type Tab, webkit } from '../runtimes/browser.ts';
import { needing, project } from '../runtimes/harness.ts';
import { type Site, serve } from '../runtimes/site.ts';
import { answerIn, fresh, html, inlined, main, trained } from './page.ts';

const dist = join(project, 'node_modules/isthmus/dist');
const shared = { 'access-control-allow-origin': '*' };

/** A page that imports the package from `url` and runs the module `code` after the HTML `first`. */
const from = (url: string, code: string, first = ''): string => {
  const imports = { 'isthmus/worker': `${url}worker.js`, 'isthmus/worker-inline': `${url}worker-inline.js` };
  return html(
    `<script type="importmap">${JSON.stringify({ imports })}</script>${first}<script type="module">${code}</script>`,
  );
};

/** A page that shows `inner` in a frame without an origin, and forwards its answer. */
function framed(inner: string): string {
  const forwarding = `<script type="module">
    while (!globalThis.answer) await new Promise((resolve) => setTimeout(resolve, 10));
    parent.postMessage(origin + ' ' + (await answer), '*');
  </script>`;
  const quoted = (inner + forwarding).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return html(`<script>
    globalThis.answer = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data)));
  </script><iframe sandbox="allow-scripts" srcdoc="${quoted}"></iframe>`);
}

for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKit: webkit })) {
  describe(`a worker in ${name}`, () => {
    let tab: Tab;
    let cdn: Site;
    before(async () => {
      if (missing) return;
      cdn = await serve(dist, {}, undefined, shared);
      tab = await launch();
    });
    after(async () => {
      await tab?.close();
      cdn?.close();
    });

    /** The answer of a page that is served from another origin than `cdn`. */
    const open = async (page: string): Promise<string> => {
      const site = await serve(dist, { '/': page });
      try {
        return await answerIn(tab, site.url);
      } finally {
        site.close();
      }
    };

    needing(missing, 'starts when the package comes from another origin', async () => {
      assert.equal(await open(from(cdn.url, main())), trained);
    });

    needing(missing, 'starts in a sandboxed frame, from its file and from text', async () => {
      for (const code of [main(), inlined]) assert.equal(await open(framed(from(cdn.url, code))), `null ${trained}`);
    });

    needing(missing, 'starts in a browser without module workers, from its file and from text', async () => {
      // Ignores `type: 'module'`, as Firefox did before version 114.
      const old = `<script>
        const { Worker } = globalThis;
        globalThis.Worker = class extends Worker { constructor(url) { super(url); } };
      </script>`;
      for (const code of [main(), inlined]) assert.equal(await open(from('/', code, old)), trained);
    });

    needing(missing, 'rejects with the expected URL of its missing file', async () => {
      const folder = fresh(`origins-${name}`, { 'main.js': main() });
      const options = { bundle: true, format: 'esm', logLevel: 'error' } as const;
      await esbuild({ entryPoints: [`${folder}main.js`], absWorkingDir: project, outdir: `${folder}out`, ...options });
      const other = await serve(`${folder}out`, {}, undefined, shared);
      const text = await open(html(`<script type="module" src="${other.url}main.js"></script>`)).finally(other.close);
      assert.ok(text.includes(`${other.url}worker-thread.js: NetworkError`), text);
      assert.match(text, /; spawn\(\{ worker: inlineWorker\(\) \}\) of isthmus\/worker-inline needs no file/);
    });
  });
}
