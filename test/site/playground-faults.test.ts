// What the playground says about bad input, and what it keeps when a tab closes. In Chromium.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { chromium, type Tab } from '../runtimes/browser.ts';
import { needing } from '../runtimes/harness.ts';
import { chooseFile, lacking, type Served, servePlayground, setField, textOf, until } from './playground.ts';

const lack = lacking(chromium);

/** A grey PNG file of one colour. */
function greyPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const pixels = deflateSync(Buffer.alloc((width + 1) * height), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

describe('the playground', () => {
  let site: Served;
  let tab: Tab;
  let visits = 0;
  before(async () => {
    if (lack) return;
    site = await servePlayground('faults');
    tab = await chromium.launch();
    await tab.resize(1280, 900);
  });
  after(async () => {
    await tab?.close();
    site?.close();
  });
  const visit = async (fragment: string): Promise<void> => {
    await tab.open(`${site.page}?visit=${++visits}#${fragment}`);
    await until(tab, `document.querySelector('main h1')`);
  };
  /** Waits for a message of a kind, and gives its text. */
  const message = async (role: 'alert' | 'status'): Promise<string> => {
    await until(tab, `document.querySelector('.messages [role=${role}]').textContent`);
    return textOf(tab, `.messages [role=${role}] span`);
  };

  const files: readonly { title: string; panel: string; name: string; bytes: () => Uint8Array; text: RegExp }[] = [
    {
      title: 'says that a text named .png is text',
      panel: 'train?source=pictures',
      name: 'photo.png',
      bytes: () => Buffer.from('no picture\n'),
      text: /^photo\.png holds text\. Choose a PNG, JPEG/,
    },
    {
      title: 'says that a picture is damaged',
      panel: 'clean',
      name: 'cut.png',
      bytes: () => greyPng(64, 64).subarray(0, 40),
      text: /^The browser cannot decode cut\.png: the file is damaged/,
    },
    {
      title: 'says that an empty file is empty',
      panel: 'compress',
      name: 'empty.csv',
      bytes: () => Buffer.alloc(0),
      text: /^empty\.csv holds nothing: it is empty/,
    },
    {
      title: 'says that a picture named .csv is a picture',
      panel: 'strange',
      name: 'table.csv',
      bytes: () => greyPng(4, 4),
      text: /^table\.csv holds a PNG picture\. Choose a table as CSV text/,
    },
    {
      title: 'says that a table has no numbers to train on',
      panel: 'train?source=table&kind=deep',
      name: 'names.csv',
      bytes: () => Buffer.from('name,town\nAda,London\nEmmy,Erlangen\n'),
      text: /^The table has no column of numbers/,
    },
    {
      title: 'says that a recording cannot be read',
      panel: 'train?source=sound',
      name: 'noise.wav',
      bytes: () => Buffer.from('RIFF\x10\0\0\0WAVEfmt ', 'latin1'),
      text: /^The browser cannot decode noise\.wav/,
    },
    {
      title: 'says that tensors of another program are no model',
      panel: 'train',
      name: 'other.safetensors',
      bytes: () => Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]),
      text: /\S/,
    },
  ];
  for (const { title, panel, name, bytes, text } of files)
    needing(lack, title, async () => {
      await visit(panel);
      const input = name.endsWith('.safetensors') ? 'input[accept=".safetensors"]' : '.drop input';
      await chooseFile(tab, input, name, bytes());
      assert.match(await message('alert'), text);
      // The page goes on.
      await tab.click('.message button');
      assert.equal(await textOf(tab, '.messages'), '');
    });

  needing(lack, 'reduces a photo of 100 megapixels and says so', async () => {
    await visit('clean');
    await chooseFile(tab, '.drop input', 'huge.png', greyPng(10_000, 10_000));
    assert.match(await message('status'), /^huge\.png was reduced from 10,000 × 10,000 to 1,7\d\d × 1,7\d\d pixels\.$/);
  });

  needing(lack, 'says that a photo of 900 megapixels is too large', async () => {
    await visit('clean');
    const header = greyPng(1, 1);
    header.writeUInt32BE(30_000, 16);
    header.writeUInt32BE(30_000, 20);
    await chooseFile(tab, '.drop input', 'vast.png', header);
    assert.match(await message('alert'), /^vast\.png has 900 million pixels\. The page takes pictures of up to 500/);
  });

  needing(lack, 'says how to allow a denied camera', async () => {
    await visit('train?source=camera');
    await tab.evaluate(`(() => {
      const deny = () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
      Object.defineProperty(navigator.mediaDevices, 'getUserMedia', { value: deny });
      return '';
    })()`);
    await tab.click('.camera + .line button');
    assert.match(await message('alert'), /does not let this page use the camera\. Allow the camera/);
  });

  needing(lack, 'says which parts of a link it does not know, and reads the others', async () => {
    await visit('train?kind=cubist&latent=8&size=3');
    assert.match(await message('status'), /does not know: kind=cubist, size\.$/);
    assert.equal(await tab.evaluate(`[...document.querySelectorAll('.settings input')].at(-6).value`), '8');
  });

  needing(lack, 'says which numbers a field takes', async () => {
    await visit('train');
    await setField(tab, 'Latent size', '0');
    await until(tab, `document.querySelector('.hint.fault')`);
    assert.equal(await textOf(tab, '.hint.fault'), 'Enter a whole number from 1 to 256.');
  });

  needing(lack, 'goes on with the training of a tab that was closed', async () => {
    await visit('train?digits=1000&epochs=1000&kind=deep&latent=16');
    await tab.click('.actions .primary');
    await until(tab, `Number.parseFloat(document.querySelector('.status dd').textContent) > 2`);
    // The training is stored every four seconds.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await tab.open('about:blank');
    await visit('compress');
    await until(tab, `document.querySelector('.saved')`);
    const text = await textOf(tab, '.saved p');
    const [, epochs] = /^A training on 1,000 digits drawn by code stopped after (\d+) of 1000 epochs/.exec(text) ?? [];
    assert.ok(Number(epochs) > 2, text);
    await tab.click('.saved .primary');
    await until(tab, `Number.parseFloat(document.querySelector('.status dd')?.textContent) > ${epochs}`);
    assert.match(await textOf(tab, '.status'), /Training/);
    await until(tab, `location.hash.includes('kind=deep&latent=16&epochs=1000')`);
    await tab.click('.actions .primary');
    await until(tab, `document.querySelector('.status [role=status]').textContent === 'Stopped'`);
  });

  needing(lack, 'reports no error on the console', () => {
    assert.deepEqual(tab.errors, []);
  });
});
