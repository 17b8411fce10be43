import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autoencoder, dense } from 'isthmus';
import { drawDigits } from '../../tools/digits/draw.ts';
import { report } from '../../tools/digits/report.ts';
import { comparison, keras, rows, table } from '../../tools/digits/table.ts';
import { assertAbsent, assertNoRawValues } from '../absent.ts';

const made = (epochs: number) => ({
  loss: Array.from({ length: epochs }, (_, i) => 0.02 / (i + 1)),
  valLoss: Array.from({ length: epochs }, (_, i) => 0.015 / (i + 1)),
  seconds: Array.from({ length: epochs }, () => 1.234),
});

describe('the table', () => {
  it('compares each epoch, with dashes after the end of the published run', () => {
    const lines = table(made(9)).split('\n');
    assert.equal(lines.length, 11);
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
    assert.match(lines[0]!, /^epoch +loss +val_loss +time +Keras loss +Keras val_loss +Keras time$/);
    assert.match(lines[2]!, /^ +1 +0\.0200 +0\.0150 +1\.23 s +0\.0243 +0\.0091 +12 s$/);
    assert.match(lines[8]!, /^ +7 +0\.0029 +0\.0021 +1\.23 s +0\.0041 +0\.0040 +7 s$/);
    assert.match(lines[10]!, /^ +9 +0\.0022 +0\.0017 +1\.23 s +– +– +–$/);
    assert.equal(rows(made(2)).length, 2);
    assert.deepEqual([keras.loss.length, keras.valLoss.length, keras.seconds.length], [7, 7, 7]);
  });

  it('adds up the time of the epochs that both runs have', () => {
    assert.match(comparison(made(9)), /^7 epochs in 8\.6 s on one thread; the published run took 75 s /);
    assert.match(comparison(made(1)), /^1 epoch in 1\.2 s on one thread; the published run took 12 s /);
    assertAbsent(comparison(made(1)), [/drawn/], comparison(made(1), true));
    assert.match(comparison(made(1), true), /losses are of handwritten digits, ours of drawn ones/);
  });
});

describe('the report', async () => {
  const latent = 5;
  const model = await autoencoder(
    { input: [784], encoder: [dense({ units: latent })], decoder: [dense({ units: 784 })] },
    { seed: 1 },
  );
  const page = (source: string, classes = 10, epochs = 3) => {
    const drawn = drawDigits(5, 80, 1);
    const digits = { source, drawn: true, ...drawn, testLabels: drawn.testLabels.map((label) => label % classes) };
    const options = { latent, epochs, batchSize: 32, seed: 42 };
    return report({
      digits,
      options,
      noise: 0.3,
      model,
      history: made(epochs),
      denoiser: model,
      denoising: made(epochs),
      size: 34_816,
    });
  };
  const html = await page('digits <of> "mine" & yours');

  it('is self-contained: no scripts, no addresses except XML namespaces, all pictures inside', () => {
    const foreign = [/<script/i, /<link/i, /<iframe/i, /@import/i, /url\(/i, /javascript:/i, / on\w+="/i];
    const example = '<script> <link> <iframe> @import url(a.css) javascript: <a onclick="">';
    assertAbsent(html, foreign, example);
    const text = html.replace(/data:image\/png;base64,[A-Za-z0-9+/=]+/g, 'picture');
    const addresses = text.match(/(https?:)?\/\/[a-z][^"' <)]+/gi) ?? [];
    assert.deepEqual(
      addresses.filter((address) => !address.startsWith('http://www.w3.org/')),
      [],
    );
    for (const [, value] of html.matchAll(/(?:src|href)="([^"]*)"/g))
      assert.match(value!, /^(data:image\/png;base64,|#)/);
    assert.equal(html.match(/<img [^>]*src="data:image\/png;base64,iVBORw0KGgo[^"]{500,}"/g)?.length, 2);
  });

  it('describes every picture in words', () => {
    const alts = [...html.matchAll(/<img [^>]*alt="([^"]*)"/g)].map((match) => match[1]!);
    assert.deepEqual(
      alts.map((alt) => /^One test digit of each class: 0 1 2 .* 9; below each, /.test(alt)),
      [true, true],
    );
    const labels = [...html.matchAll(/<svg role="img" aria-label="([^"]*)"/g)].map((match) => match[1]!);
    assert.equal(html.match(/<svg/g)?.length, 2);
    assert.match(labels[0]!, /autoencoder from 0\.0150 to 0\.0050, denoiser from/);
    assert.match(labels[1]!, /^Map of the codes of 80 test digits/);
  });

  it('has the data, the settings, the table and the times', () => {
    for (const text of [
      '784-5-784',
      'batch 32',
      '3 epochs',
      'seed 42',
      '8,629 weights',
      '34 KB',
      '3.7 s for the autoencoder',
      '5 to train on, 80 to test',
    ])
      assert.ok(html.includes(text), text);
    assert.match(html, /<td>2<\/td><td>0\.0100<\/td><td>0\.0075<\/td><td>1\.23 s<\/td><td>0\.0069<\/td>/);
    assert.match(html, /prefers-color-scheme: dark/);
    assert.match(html, /<meta name="viewport"/);
    assertNoRawValues(html);
  });

  it('escapes the name of the folder', () => {
    assert.ok(html.includes('digits &#60;of&#62; &#34;mine&#34; &#38; yours'));
  });

  it('is complete with one epoch, and with missing classes', async () => {
    const small = await page('x', 3, 1);
    assert.match(small, /One test digit of each class: 0 1 2; below/);
    assert.match(small, /for 1 epoch, one thread/);
    assertNoRawValues(small);
  });
});
