// Weight, access, layout and looks of the playground, in Chromium.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, describe } from 'node:test';
// @ts-expect-error a script without types
import { brotli } from '../../scripts/size.mjs';
import { chromium, type Tab } from '../runtimes/browser.ts';
import { needing } from '../runtimes/harness.ts';
import { lacking, root, type Served, screenshots, servePlayground, setField, until } from './playground.ts';

const lack = lacking(chromium);
/** Kilobytes of all files that are loaded before the first click. */
const BUDGET = 300;

const panels = ['train', 'generate', 'clean', 'compress', 'strange'] as const;
const show = async (tab: Tab, panel: string): Promise<void> => {
  await tab.click(`nav a[href="#${panel}"]`);
  await until(tab, `document.querySelector('nav [aria-current]').getAttribute('href') === '#${panel}'`);
};

/** Faults that axe-core finds, with the elements. */
async function faultsOf(tab: Tab): Promise<string[]> {
  const axe = readFileSync(`${root}site/playground/node_modules/axe-core/axe.min.js`, 'utf8');
  const found = await tab.evaluate(`(async () => {
    if (!window.axe) (0, eval)(${JSON.stringify(axe)});
    const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)));
  })()`);
  return JSON.parse(found);
}

describe('the playground', () => {
  let site: Served;
  let tab: Tab;
  before(async () => {
    if (lack) return;
    site = await servePlayground('quality');
    tab = await chromium.launch();
    await tab.resize(1280, 900);
    await tab.open(site.page);
    await until(tab, 'performance.now() > 1500');
  });
  after(async () => {
    await tab?.close();
    site?.close();
  });

  needing(lack, `loads at most ${BUDGET} KB by brotli before the first click`, (t) => {
    const files = new Set(site.requests.filter((path) => path.startsWith('/some/path/')));
    const sizes = [...files].map((path) => {
      const file = basename(path);
      const folder = path.includes('/assets/') ? `${site.files}assets/` : site.files;
      return { file, size: brotli(readFileSync(folder + file)) as number };
    });
    assert.ok(sizes.length >= 4, [...files].join());
    const sum = sizes.reduce((total, { size }) => total + size, 0) / 1024;
    t.diagnostic(`${sum.toFixed(1)} KB: ${sizes.map(({ file, size }) => `${file} ${size}`).join(', ')}`);
    assert.ok(sum <= BUDGET, `${sum} KB`);
  });

  needing(lack, 'does not move its content while it loads and trains', async () => {
    await tab.evaluate(`(() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries())
          if (!hadRecentInput) shifts.push(value + ' ' + sources.map(({ node, previousRect: { x, y }, currentRect }) => [node?.className || node?.nodeName, node?.textContent, x, y, currentRect.x, currentRect.y].join(' ')));
      }).observe({ type: 'layout-shift', buffered: true });
      return '';
    })()`);
    await setField(tab, 'Digits drawn by code', '500');
    await setField(tab, 'Epochs', '8');
    await tab.click('.actions .primary');
    await until(tab, `document.querySelector('.status [role=status]').textContent === 'Trained'`);
    assert.deepEqual(JSON.parse(await tab.evaluate('JSON.stringify(shifts)')), []);
  });

  needing(lack, 'shows a photo before and after', async () => {
    await show(tab, 'clean');
    await tab.click('.settings fieldset > button');
    await until(tab, `document.querySelector('.about')`);
    await tab.click('.job button');
    await until(tab, `document.querySelector('.compare')`);
    const divider = () => tab.evaluate(`document.querySelector('.compare i').style.left`);
    assert.equal(await divider(), '50%');
    await tab.evaluate(`document.querySelector('.results input[type=range]').focus(), ''`);
    await tab.press('ArrowRight', 'ArrowRight');
    assert.equal(await divider(), '52%');
    await tab.drag('.compare', [
      { x: 0.5, y: 0.5 },
      { x: 0.25, y: 0.5 },
    ]);
    assert.equal(await divider(), '25%');
  });

  for (const panel of ['compress', 'strange'] as const)
    needing(lack, `shows a result in the panel ${panel}`, async () => {
      await show(tab, panel);
      await tab.click('.settings fieldset > button');
      await until(tab, `document.querySelector('.about')`);
      await tab.click('.job button');
      await until(tab, `document.querySelector('.table tbody')`);
      await tab.click('.results section:last-child .line button');
      await until(tab, `document.querySelectorAll('.copy').length === 2`);
    });

  for (const colorScheme of ['light', 'dark'] as const)
    for (const panel of panels)
      needing(lack, `has no fault of access in the panel ${panel}, ${colorScheme}`, async () => {
        await tab.prefer!({ colorScheme, reducedMotion: 'reduce' });
        await show(tab, panel);
        for (const width of [1280, 360]) {
          await tab.resize(width, width === 360 ? 740 : 900);
          await until(tab, `document.documentElement.scrollWidth <= ${width}`, 5);
          assert.deepEqual(await faultsOf(tab), []);
          await tab.screenshot(`${screenshots}${panel}-${width}-${colorScheme}.png`);
        }
        await tab.resize(1280, 900);
      });

  needing(lack, 'can be walked with the Tab key, and shows where the focus is', async () => {
    await show(tab, 'train');
    await tab.evaluate(`document.body.tabIndex = -1, document.body.focus(), ''`);
    const visited: string[] = [];
    for (let i = 0; i < 60; i++) {
      await tab.press('Tab');
      const [name, isVisible] = JSON.parse(
        await tab.evaluate(`(() => {
          const element = document.activeElement;
          const shown = element.closest('label, .choices label') ?? element;
          const style = getComputedStyle(element.matches('.hidden-input') ? shown : element);
          return JSON.stringify([element.tagName + ' ' + (element.ariaLabel ?? element.textContent).slice(0, 20), style.outlineStyle !== 'none']);
        })()`),
      );
      if (name.startsWith('BODY')) break;
      assert.ok(isVisible, `${name} has no visible focus`);
      visited.push(name);
    }
    assert.ok(visited.length > 15 && visited.length < 60, visited.join(', '));
    for (const part of ['Skip to the panel', 'Generate', 'Pad to draw', 'Map of the codes', 'Save .safetensors'])
      assert.ok(
        visited.some((name) => name.includes(part)),
        `${part} is not in ${visited.join(', ')}`,
      );
  });

  needing(lack, 'reports no error on the console', () => {
    assert.deepEqual(tab.errors, []);
  });
});
