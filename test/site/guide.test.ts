// The guide as `npm run docs -- --build` makes it, below a path of a server: pages, links, reference, search, llms.txt.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
// @ts-expect-error a script without types
import { groups } from '../../site/guide/tools/pages.mjs';
// @ts-expect-error a script without types
import { playgroundLink } from '../../site/guide/tools/playground-links.mjs';
import { chromium, type Tab } from '../runtimes/browser.ts';
import { needing } from '../runtimes/harness.ts';
import { type Site, serve } from '../runtimes/site.ts';
import { deadLinks, foreignParts } from './links.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const site = `${root}build/guide/`;
const base = '/isthmus/';
const files = `${site}isthmus/`;
const screenshots = `${root}build/screenshots/`;
const lack = existsSync(`${root}site/guide/node_modules/vitepress`) ? undefined : 'npm ci --prefix site/guide failed';
const read = (path: string): string => readFileSync(files + path, 'utf8');

describe('links of a site', () => {
  it('that are dead, and parts from other servers, are found', () => {
    const pages = new Map([
      [
        'index.html',
        '<a href="/b/a.html#one">a</a> <a href="/b/a.html#two">b</a> <a href="./none.html">c</a> <img src="/a.png">',
      ],
      [
        'a.html',
        '<h2 id="one">x</h2><script src="https://cdn.example/x.js"></script> <a href="https://example.com">d</a>',
      ],
    ]);
    const exists = (path: string): boolean => pages.has(path);
    assert.deepEqual(deadLinks(pages, '/b/', exists), [
      'index.html: /b/a.html#two',
      'index.html: ./none.html',
      'index.html: /a.png',
    ]);
    assert.deepEqual(foreignParts(pages), ['a.html: https://cdn.example/x.js']);
  });
});

describe('the guide', () => {
  let pages: Map<string, string>;
  before(() => {
    if (lack) return;
    const flags = ['--build', '--base', base, '--out', files];
    const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}scripts/docs.mjs`, ...flags], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
    const names = globSync('**/*.html', { cwd: files, exclude: (name) => name === 'playground' });
    pages = new Map(names.map((name) => [name.replaceAll('\\', '/'), read(name)]));
  });

  needing(lack, 'has a page for each document', () => {
    const listed = (groups as { pages: { file: string }[] }[]).flatMap((group) => group.pages.map(({ file }) => file));
    for (const path of globSync('docs/*.md', { cwd: root })) {
      const name = posix.basename(path, '.md');
      assert.ok(listed.includes(name), name);
      assert.ok(pages.has(`${name}.html`), name);
    }
  });

  needing(lack, 'has no dead link and takes no part from another server', () => {
    assert.ok(pages.size > 200);
    assert.deepEqual(
      deadLinks(pages, base, (path) => existsSync(files + path)),
      [],
    );
    assert.deepEqual(foreignParts(pages), []);
  });

  needing(lack, 'has the size and the example of each value that isthmus exports', async () => {
    const names = Object.keys(await import('isthmus'));
    for (const name of names) {
      const path = ['functions', 'variables', 'classes']
        .map((kind) => `api/isthmus/${kind}/${name}.html`)
        .find((file) => pages.has(file));
      assert.ok(path, name);
      const text = pages.get(path)!;
      assert.match(text, /size in a bundle[\s\S]*?\d+\.\d KB/, name);
      assert.match(text, /id="example(?:-1)?"/, name);
    }
  });

  needing(lack, 'links each export that the playground uses to a panel', () => {
    const sources = globSync(['site/playground/src/**/*.{ts,tsx}', 'jobs/**/*.ts'], { cwd: root });
    const imports = sources.flatMap((path) => [
      ...readFileSync(root + path, 'utf8').matchAll(/^import \{([^}]*)\} from 'isthmus';/gm),
    ]);
    const names = imports.flatMap(([, list]) => list!.split(',').map((name) => name.trim().split(' as ')[0]!));
    const values = [...new Set(names.filter((name) => name && !name.startsWith('type ')))].sort();
    assert.ok(values.includes('fit'));
    assert.deepEqual(
      values.filter((name) => playgroundLink(name) === undefined),
      [],
    );
  });

  needing(lack, 'has llms.txt with its pages, and llms-full.txt with their text', () => {
    const short = read('llms.txt');
    for (const name of ['/compression.md', '/tfjs.md', '/api/isthmus/functions/fit.md'])
      assert.ok(short.includes(name), name);
    assert.ok(short.indexOf('/compression.md') < short.indexOf('/api/'));
    const links = [...short.matchAll(/^ *- \[.*?\]\(([^)]+)\)/gm)].map(([, link]) => link!);
    assert.ok(links.length > 200);
    assert.deepEqual(
      links.filter((link) => !link.startsWith(base) || !existsSync(files + link.slice(base.length))),
      [],
    );
    assert.match(read('llms-full.txt'), /import \{ fit \} from 'isthmus'/);
  });

  describe('in Chromium', () => {
    const missing = lack ?? chromium.missing;
    let server: Site;
    let tab: Tab;
    before(async () => {
      if (missing) return;
      mkdirSync(screenshots, { recursive: true });
      server = await serve(site);
      tab = await chromium.launch();
    });
    after(async () => {
      await tab?.close();
      server?.close();
    });
    const open = (path: string): Promise<void> => tab.open(`${server.url}isthmus/${path}`);

    for (const { name, width, height } of [
      { name: 'wide', width: 1280, height: 900 },
      { name: 'phone', width: 390, height: 844 },
    ])
      needing(missing, `shows pages without an error and without a scroll bar below, ${name}`, async () => {
        await tab.resize(width, height);
        for (const path of ['index', 'compression', 'runtimes', 'api/index', 'api/isthmus/functions/fit']) {
          await open(`${path}.html`);
          await tab.evaluate(`document.fonts.ready.then(() => '')`);
          assert.equal(await tab.evaluate(`String(document.scrollingElement.scrollWidth <= innerWidth)`), 'true', path);
          await tab.screenshot(`${screenshots}guide-${path.replaceAll('/', '-')}-${name}.png`);
        }
        assert.deepEqual(tab.errors, []);
      });

    needing(missing, 'finds text by its search', async () => {
      await tab.resize(1280, 900);
      await open('compression.html');
      await tab.click('#local-search button');
      await tab.evaluate(`new Promise((resolve) => {
        const wait = () => (document.querySelector('#localsearch-input') ? resolve('') : setTimeout(wait, 50));
        wait();
      })`);
      await tab.press(...'compressAsync');
      const href = await tab.evaluate(`new Promise((resolve, reject) => {
        const end = Date.now() + 30_000;
        const wait = () => {
          const result = document.querySelector('#localsearch-list a[href*="compression"]');
          if (result) resolve(result.getAttribute('href'));
          else if (Date.now() > end) reject(new Error('no result'));
          else setTimeout(wait, 50);
        };
        wait();
      })`);
      assert.ok(href.startsWith(`${base}compression`), href);
      assert.deepEqual(tab.errors, []);
    });

    needing(missing, 'opens the playground', async () => {
      await open('api/isthmus/functions/fit.html');
      await tab.click('a[href*="playground/index.html#train"]');
      await tab.evaluate(`new Promise((resolve) => {
        const wait = () => (document.querySelector('main') && !document.querySelector('.VPContent') ? resolve('') : setTimeout(wait, 50));
        wait();
      })`);
      assert.match(await tab.evaluate('location.pathname'), /^\/isthmus\/playground\//);
      assert.deepEqual(tab.errors, []);
    });
  });
});
