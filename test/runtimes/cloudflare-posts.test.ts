// Posts of readings: missing values, the largest floats, and bytes that decompress to too much.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { TOKEN } from './cloudflare.ts';
import { type Answer, at, codecs, device, draw, must, post, prepare, profile, sent } from './cloudflare-routes.ts';

prepare('cloudflare-posts');

describe('posts', () => {
  it('in which every window has a missing reading are stored, and the answer says so', async () => {
    const token = await device('one');
    const x = draw(3, 4);
    x[0] = Number.NaN;
    x[9] = Number.POSITIVE_INFINITY;
    x[17] = Number.NaN;
    x[19] = Number.NaN;
    const json = await must(200, 'POST', post('one'), codecs['4']!.compress(x), token);
    assert.deepEqual([json.windows, json.scored, json.unscored, json.missing], [3, true, 3, { a: 1, b: 3 }]);
    assert.deepEqual(
      json.anomalies.map(({ score, missing }: { score: null; missing: object }) => [score, missing]),
      [
        [null, { a: 1, b: 0 }],
        [null, { a: 0, b: 1 }],
        [null, { a: 0, b: 2 }],
      ],
    );
    const { windows } = await must(200, 'GET', post('one'));
    assert.deepEqual(
      windows.map(({ score }: { score: null }) => score),
      [null, null, null],
    );
    assert.equal(windows[0].values.a[0], null);
    x[17] = 0.5;
    x[19] = 0.5;
    const part = await must(200, 'POST', post('one'), codecs['4']!.compress(x), token);
    assert.deepEqual([part.unscored, part.missing], [2, { a: 1, b: 1 }]);
  });

  it('without a detector count missing readings too', async () => {
    await device('one', false);
    const x = draw(2, 4);
    x.fill(Number.NaN);
    const json = await must(200, 'POST', post('one'), codecs['4']!.compress(x));
    assert.deepEqual([json.scored, json.unscored, json.missing, json.anomalies], [false, 2, { a: 8, b: 8 }, []]);
  });

  it('of values up to the largest float are stored and can be read', async () => {
    await device('one');
    let window = 0;
    for (const value of [3e38, -3e38, 1e30, 1e-45, -0, Number.NEGATIVE_INFINITY]) {
      for (const count of [1, 8]) {
        const x = draw(2, 4);
        x.fill(value, 3, 3 + count);
        await must(200, 'POST', post('one', window), codecs['4']!.compress(x));
        window += 2;
      }
    }
    let from: string | null = at(0);
    let seen = 0;
    while (from) {
      const page: Answer['json'] = await must(200, 'GET', `/devices/one/readings?from=${from}`);
      seen += page.windows.length;
      from = page.next;
    }
    assert.equal(seen, window);
  });

  it('that decompress to too many bytes are refused in any compression format', async () => {
    await device('one');
    const many = codecs['4']!.compress(new Float32Array(2 ** 21));
    assert.ok(many.length < 2 ** 18, `${many.length} bytes`);
    const { error } = await must(413, 'POST', post('one'), many);
    assert.equal(error.code, 'limit');
    const gzip = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(bytes));
    const as = (encoding: string) => ({ 'content-encoding': encoding });
    await must(413, 'POST', post('one'), gzip(new Uint8Array(2 ** 26)), TOKEN, as('gzip'));
    await must(413, 'PUT', '/devices/one/codec', gzip(new Uint8Array(2 ** 23)), TOKEN, as('gzip'));
    await must(413, 'PUT', '/devices/two', gzip(new Uint8Array(2 ** 20).fill(32)), TOKEN, as('gzip'));
    await must(400, 'POST', post('one'), sent(2), TOKEN, as('gzip'));
    await must(415, 'POST', post('one'), sent(2), TOKEN, as('br'));
    const json = await must(200, 'POST', post('one'), gzip(sent(2)), TOKEN, as('gzip'));
    assert.equal(json.windows, 2);
    await must(201, 'PUT', '/devices/two', gzip(Buffer.from(JSON.stringify(profile))), TOKEN, as('gzip'));
  });
});
