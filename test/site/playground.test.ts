// The playground in three browsers: each panel is used as a visitor uses it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe } from 'node:test';
import { chromium, firefox, type Tab, webkit } from '../runtimes/browser.ts';
import { needing } from '../runtimes/harness.ts';
import {
  chooseFile,
  lacking,
  recordedErrors,
  root,
  type Served,
  screenshots,
  servePlayground,
  setField,
  textOf,
  until,
} from './playground.ts';

const browsers = { Chromium: chromium, Firefox: firefox, WebKit: webkit };
const missing = lacking({ missing: undefined, launch: chromium.launch });

/** A training has shown a reconstruction. */
const hasOutput = `document.querySelector('canvas[aria-label="Output 1"]')`;
const state = (tab: Tab): Promise<string> => textOf(tab, '.status [role=status]');

describe('the playground', () => {
  needing(missing, 'passes the compiler', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}site/playground/tsconfig.json`],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout);
  });
});

for (const [name, browser] of Object.entries(browsers)) {
  const lack = lacking(browser);
  describe(`the playground in ${name}`, () => {
    let site: Served;
    let tab: Tab;
    before(async () => {
      if (lack) return;
      site = await servePlayground(name);
      tab = await browser.launch();
      await tab.resize(1280, 900);
      await tab.open(site.page);
    });
    after(async () => {
      await tab?.close();
      site?.close();
    });

    needing(lack, 'trains on a digit drawn with the pointer, stops and goes on', async () => {
      await setField(tab, 'Digits drawn by code', '500');
      await tab.drag('.pad', [
        { x: 0.5, y: 0.2 },
        { x: 0.5, y: 0.5 },
        { x: 0.5, y: 0.8 },
      ]);
      await tab.click('.actions .primary');
      await until(tab, hasOutput);
      assert.equal(await state(tab), 'Training');
      assert.match(await textOf(tab, '.status .state'), /1 of your digits and 500 drawn by code/);
      await until(tab, 'document.querySelector("[data-value=loss]").textContent !== "–"');
      await tab.click('.actions .primary');
      await until(tab, 'document.querySelector(".status [role=status]").textContent === "Stopped"');
      const stopped = Number.parseFloat((await textOf(tab, '.status dd')).split(' ')[0]!);
      assert.equal(await textOf(tab, '.actions .primary'), 'Go on');
      await tab.click('.actions .primary');
      await until(tab, `Number.parseFloat(document.querySelector('.status dd').textContent) > ${stopped + 1}`);
      await tab.screenshot(`${screenshots}train-${name}.png`);
    });

    needing(lack, 'decodes the point of the map that keys choose, while the model trains', async () => {
      assert.equal(await state(tab), 'Training');
      const picture = () => tab.evaluate(`document.querySelector('.walked canvas').toDataURL()`);
      await until(tab, `document.querySelector('.plane.walk')`);
      await tab.evaluate(`document.querySelector('.plane.walk').focus()`);
      await tab.press('Home');
      const middle = await picture();
      await tab.press('ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowUp', 'ArrowUp');
      assert.notEqual(await textOf(tab, '.walked .number'), '0.00, 0.00');
      await until(tab, `document.querySelector('.walked canvas').toDataURL() !== '${middle}'`);
    });

    needing(lack, 'generates samples, and steps from one example to another', async () => {
      await tab.click('nav a[href="#generate"]');
      await until(tab, `document.querySelectorAll('canvas[aria-label^="Sample "]').length === 24`);
      await until(tab, `document.querySelectorAll('canvas[aria-label^="Step "]').length === 10`);
      await tab.screenshot(`${screenshots}generate-${name}.png`);
    });

    needing(lack, 'says in plain words that a text file is no model', async () => {
      await tab.click('nav a[href="#train"]');
      await until(tab, `document.querySelector('.actions .primary').textContent !== 'Stop'`);
      await chooseFile(tab, 'input[accept=".safetensors"]', 'notes.safetensors', Buffer.from('a text\n'));
      await until(tab, `document.querySelector('[role=alert]').textContent`);
      assert.match(await textOf(tab, '[role=alert]'), /notes\.safetensors holds text\. Choose a \.safetensors file/);
      await tab.click('.message button');
    });

    needing(lack, 'compresses a table with decimal commas, gaps and a byte-order mark within the bound', async () => {
      await tab.click('nav a[href="#compress"]');
      const rows = Array.from({ length: 200 }, (_, i) => `${i};${i % 7 ? (20 + Math.sin(i)).toFixed(3) : ''};"a; b"`);
      const csv = `\ufeffnumber;"temperature";note\r\n${rows.join('\r\n').replaceAll('.', ',')}\r\n`;
      await chooseFile(tab, '.drop input', 'odd.csv', Buffer.from(csv));
      await until(tab, `document.querySelector('.about')`);
      assert.match(await textOf(tab, '.about'), /odd\.csv: 200 rows, 3 columns/);
      await tab.click('.job button');
      await until(tab, `document.querySelector('[data-value=error]')`);
      const largest = Number(await textOf(tab, '[data-value=error]'));
      assert.ok(largest > 0 && largest <= 0.01, String(largest));
      assert.match(await textOf(tab, '.bars'), /gzip.*isthmus/);
    });

    needing(lack, 'cleans a photo', async () => {
      await tab.click('nav a[href="#clean"]');
      await tab.click('.settings fieldset > button');
      await until(tab, `document.querySelector('.about')`);
      await tab.click('.job button');
      await until(tab, `document.querySelector('.compare')`);
      assert.match(await textOf(tab, '#cleaned-title + .hint'), /^Noise of 2\d(\.\d)? levels removed/);
    });

    needing(lack, 'marks what is strange in the sample', async () => {
      await tab.click('nav a[href="#strange"]');
      await tab.click('.settings fieldset > button');
      await until(tab, `document.querySelector('.about')?.textContent.includes('pump.csv')`);
      await tab.click('.job button');
      await until(tab, `document.querySelector('#found-title')`);
      assert.match(await textOf(tab, '#found-title'), /^\d+ strange stretch/);
      assert.match(await textOf(tab, '.table tbody'), /2026-01-05/);
    });

    needing(lack, 'restores its state from the address', async () => {
      await tab.open(`${site.page}?2#train?kind=sparse&latent=32&noise=0.25&seed=11&epochs=3&digits=300`);
      await until(tab, `document.querySelector('.settings select')`);
      const values = JSON.parse(
        await tab.evaluate(
          `JSON.stringify([...document.querySelectorAll('.settings input[type=text], .settings select')].map(({ value }) => value))`,
        ),
      );
      assert.deepEqual(values, ['digits', '300', 'sparse', '32', '0.25', '3', '0.001', '32', '11']);
      await setField(tab, 'Seed', '12');
      await until(tab, `location.hash.includes('seed=12')`);
    });

    needing(lack, 'reports no error on the console and asks for no other address', async () => {
      assert.equal(await recordedErrors(tab), '');
      // The recorder finds an error.
      await tab.evaluate(`(console.error('on purpose'), '')`);
      assert.match(await recordedErrors(tab), /^on purpose/);
      assert.deepEqual(
        tab.errors.filter((text) => text !== 'on purpose'),
        [],
      );
      for (const path of site.requests) assert.match(path, /^\/some\/path\/|^\/favicon\.ico$/);
    });
  });
}
