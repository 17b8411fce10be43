// The example pages, in the browsers of this machine.
import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { chromium, firefox, type Launch, type Tab, webkit } from '../runtimes/browser.ts';
import { needing } from '../runtimes/harness.ts';
import { serve } from '../runtimes/site.ts';
import { copyAlone } from './alone.ts';

/** The copies of examples, by name. */
const copies = new Map<string, ReturnType<typeof copyAlone>>();
after(() => {
  for (const { remove } of copies.values()) remove();
});

/** Opens a page of an example, which is alone in a folder, and runs `use` with its tab. */
async function using(launch: Launch, page: string, use: (tab: Tab, open: () => Promise<void>) => Promise<void>) {
  const [example, file] = page.split('/') as [string, string];
  const copy = copies.get(example) ?? copyAlone(example);
  copies.set(example, copy);
  const site = await serve(copy.folder);
  try {
    const tab = await launch();
    try {
      const open = () => tab.open(site.url + file);
      await open();
      await use(tab, open);
    } finally {
      await tab.close();
    }
  } finally {
    site.close();
  }
}

/** Waits until the text of an element matches. Gives the text. */
const text = (tab: Tab, id: string, like: RegExp): Promise<string> =>
  tab.evaluate(`new Promise((resolve) => {
    const look = () => {
      const found = document.getElementById('${id}')?.textContent ?? '';
      if (${like}.test(found)) resolve(found);
      else setTimeout(look, 20);
    };
    look();
  })`);
const click = (tab: Tab, id: string): Promise<string> =>
  tab.evaluate(`Promise.resolve(document.getElementById('${id}').click()).then(() => '')`);

for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKit: webkit })) {
  describe(`examples in ${name}`, () => {
    // The driver of WebKit has private windows only, which lose the Cache with the page.
    const places = launch === webkit.launch ? /^Loaded from IndexedDB/ : /^Loaded from IndexedDB and the Cache$/;

    needing(missing, 'browser: a model in IndexedDB and in a Cache is the same after a reload', async () => {
      await using(launch, 'browser/index.html', async (tab, open) => {
        await text(tab, 'state', /^Stored in IndexedDB and the Cache$/);
        const before = await text(tab, 'message', /^outputs [0-9a-f]{12}$/);
        for (let times = 0; times < 2; times++) {
          await open();
          await text(tab, 'state', places);
          assert.equal(await text(tab, 'message', /^outputs /), before);
        }
        await click(tab, 'again');
        await text(tab, 'state', /^Stored/);
        assert.notEqual(await text(tab, 'message', /^outputs /), before, 'another one');
      });
    });

    needing(missing, 'web-worker: training continues after Cancel, while the page draws its frames', async () => {
      await using(launch, 'web-worker/index.html', async (tab) => {
        const epoch = async (like: RegExp): Promise<number> => Number(/\d+/.exec(await text(tab, 'message', like))![0]);
        await text(tab, 'state', /^Ready$/);
        await click(tab, 'go');
        await epoch(/^epoch \d+ of 40: error 0\.\d+$/);
        await click(tab, 'cancel');
        await text(tab, 'state', /^Cancelled$/);
        const first = await epoch(/^epoch/);
        assert.ok(first < 39, `epoch ${first}`);
        await click(tab, 'go');
        assert.equal(await epoch(new RegExp(`^epoch ${first + 1} `)), first + 1);
        const frames = await text(tab, 'frames', /while it trains/);
        assert.ok(Number(/^\d+/.exec(frames)![0]) > 1, frames);
      });
    });

    needing(
      missing,
      'strict-csp: it trains under its policy, and names the keyword that another policy lacks',
      async () => {
        await using(launch, 'strict-csp/index.html', async (tab) => {
          await text(tab, 'state', /^Trained$/);
          await text(tab, 'message', /^error 0\.\d+ in the first epoch, 0\.\d+ in the last$/);
        });
        await using(launch, 'strict-csp/without.html', async (tab) => {
          await text(tab, 'state', /^UnsupportedError$/);
          await text(tab, 'message', /Content-Security-Policy needs 'wasm-unsafe-eval'/);
        });
      },
    );
  });
}
