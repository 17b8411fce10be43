// Each kind of model on each form of data, and the files of a model. In Chromium.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { readSafetensors } from 'isthmus';
import { chromium, type Tab } from '../runtimes/browser.ts';
import { needing } from '../runtimes/harness.ts';
import { chooseFile, lacking, root, type Served, servePlayground, textOf, until } from './playground.ts';

const lack = lacking(chromium);

/** A WAV file of one second: a tone with 16-bit samples. */
function tone(): Buffer {
  const [rate, count] = [16_000, 16_000];
  const file = Buffer.alloc(44 + 2 * count);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * count, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * count, 40);
  for (let i = 0; i < count; i++) file.writeInt16LE(Math.round(12_000 * Math.sin(i / (5 + i / count))), 44 + 2 * i);
  return file;
}

const sources = {
  digits: ['variational', 'dense', 'deep', 'conv', 'denoising', 'sparse'],
  table: ['variational', 'dense', 'deep', 'sparse'],
  sound: ['variational', 'conv', 'denoising'],
} as const;

const csv = readFileSync(`${root}docs/samples/pump.csv`, 'utf8').split('\n').slice(0, 401).join('\n');
const files = {
  digits: undefined,
  table: { name: 'pump.csv', bytes: Buffer.from(csv) },
  sound: { name: 'tone.wav', bytes: tone() },
} as const;

describe('the playground', () => {
  let site: Served;
  let tab: Tab;
  before(async () => {
    if (lack) return;
    site = await servePlayground('kinds');
    tab = await chromium.launch();
    await tab.resize(1280, 900);
  });
  after(async () => {
    await tab?.close();
    site?.close();
  });

  /** Bytes of the next file that the page offers, in base64. */
  const saved = (button: string): Promise<string> =>
    tab.evaluate(`(async () => {
      const created = URL.createObjectURL;
      const blob = await new Promise((resolve) => {
        URL.createObjectURL = (given) => (resolve(given), created(given));
        [...document.querySelectorAll('button')].find(({ textContent }) => textContent === ${JSON.stringify(button)}).click();
      });
      URL.createObjectURL = created;
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    })()`);

  for (const [source, kinds] of Object.entries(sources))
    for (const kind of kinds)
      needing(lack, `trains a ${kind} model on ${source}`, async () => {
        await tab.open(
          `${site.page}?${source}-${kind}#train?source=${source}&kind=${kind}&latent=3&digits=120&epochs=1&soundWindow=64`,
        );
        await until(tab, `document.querySelector('.actions .primary')`);
        const file = files[source as keyof typeof files];
        if (file) {
          await chooseFile(tab, '.drop input', file.name, file.bytes);
          await until(tab, `document.querySelector('.drop + .hint')`);
        }
        await tab.click('.actions .primary');
        await until(
          tab,
          `document.querySelector('.status [role=status]').textContent === 'Trained' || document.querySelector('[role=alert]').textContent`,
        );
        assert.equal(await textOf(tab, '[role=alert]'), '');
        await until(tab, `document.querySelector('canvas[aria-label="Output 1"]')`);
        const loss = Number(await textOf(tab, '[data-value=loss]'));
        assert.ok(loss > 0 && loss < 100, String(loss));
      });

  needing(lack, 'saves a model with its description, loads it, and generates from it', async () => {
    await tab.open(`${site.page}?files#train?kind=variational&digits=200&epochs=2`);
    await until(tab, `document.querySelector('.actions .primary')`);
    await tab.click('.actions .primary');
    await until(tab, `document.querySelector('.status [role=status]').textContent === 'Trained'`);
    const bytes = Buffer.from(await saved('Save .safetensors'), 'base64');
    const { metadata } = readSafetensors(new Uint8Array(bytes));
    assert.equal(JSON.parse(metadata.data!).settings.kind, 'variational');
    const onnx = Buffer.from(await saved('Export .onnx'), 'base64');
    assert.ok(onnx.length > 100_000, String(onnx.length));
    const source = Buffer.from(await saved('Export C source'), 'base64').toString();
    assert.match(source, /#include/);
    const npy = Buffer.from(await saved('Save samples.npy'), 'base64');
    assert.equal(npy.length % 64, (200 * 784) % 64);
    assert.match(npy.subarray(0, 100).toString('latin1'), /'shape': \(200, 28, 28, 1,\)/);
    await tab.click('.results section:last-child button');
    await until(tab, `document.querySelectorAll('.copy pre').length === 2`);
    assert.match(await textOf(tab, '.copy pre'), /^npx isthmus train samples\.npy --kind variational/);
    await chooseFile(tab, 'input[accept=".safetensors"]', 'mine.safetensors', bytes);
    await until(tab, `document.querySelector('.status [role=status]').textContent === 'Loaded from a file'`);
    await tab.click('nav a[href="#generate"]');
    await until(tab, `document.querySelectorAll('canvas[aria-label^="Sample "]').length === 24`);
  });

  needing(lack, 'reports no error on the console', () => {
    assert.deepEqual(tab.errors, []);
  });
});
