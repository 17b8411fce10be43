// The routes of examples/cloudflare-worker without workerd: who may ask for what, what is kept and deleted when calls cross or
// storage fails, and that no request is answered by 500.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { anomalyDetector, autoencoder, createCodec, dense, flatten, reshape } from 'isthmus';
import { copy, TOKEN } from './cloudflare.ts';
import { Platform } from './cloudflare-platform.ts';

const period = 60_000;
const profile = { period, channels: ['a', 'b'].map((name) => ({ name, mean: 1, scale: 2 })) };
const FROM = '2026-01-01T00:00:00Z';

let folder = '';
let worker: { fetch(request: Request, env: object): Promise<Response> };
let Trainer: ConstructorParameters<typeof Platform>[1];
let platform: Platform;
/** Codecs and detectors by the readings in their windows. */
const codecs: Record<string, Awaited<ReturnType<typeof modelsOf>>['codec']> = {};
const detectors: Record<string, Awaited<ReturnType<typeof modelsOf>>['detector']> = {};

const draw = (count: number, readings: number, seed = 1): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count * readings * 2 }, (_, i) => Math.sin(i * 0.7 + seed) + 0.1 * Math.sin(i * i));

async function modelsOf(readings: number, channels = 2, seed = 1) {
  const input = [readings, channels];
  const units = readings * channels;
  const model = await autoencoder(
    { input, encoder: [flatten(), dense({ units: 3 })], decoder: [dense({ units }), reshape({ targetShape: input })] },
    { seed },
  );
  const x = draw(120, units / 2, seed);
  return {
    model,
    codec: await createCodec(model, x, { maxError: 0.05 }),
    detector: await anomalyDetector(model, x, { falsePositiveRate: 0.05 }),
  };
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly json: any;
}

async function call(
  method: string,
  path: string,
  body?: Uint8Array<ArrayBuffer> | object | string,
  token = TOKEN,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await worker.fetch(
    new Request(`http://worker${path}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    }),
    platform.env,
  );
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  return { status: response.status, json };
}

async function must(status: number, ...given: Parameters<typeof call>): Promise<Answer['json']> {
  const answer = await call(...given);
  assert.equal(answer.status, status, `${given[0]} ${given[1]}: ${JSON.stringify(answer.json)}`);
  return answer.json;
}

/** A device with a codec and a detector for windows of four readings; its token. */
async function device(id: string, withDetector = true): Promise<string> {
  await must(201, 'PUT', `/devices/${id}`, profile);
  await must(200, 'PUT', `/devices/${id}/codec`, codecs['4']!.save());
  if (withDetector) await must(200, 'PUT', `/devices/${id}/detector`, detectors['4']!.save());
  return (await must(201, 'POST', `/devices/${id}/token`)).token;
}

const at = (window: number): string => new Date(Date.parse(FROM) + window * 4 * period).toISOString();
const post = (id: string, window = 0): string => `/devices/${id}/readings?from=${at(window)}`;
const sent = (count: number, seed = 2): Uint8Array<ArrayBuffer> => codecs['4']!.compress(draw(count, 4, seed));

before(async () => {
  folder = copy('cloudflare-routes');
  ({ default: worker, Trainer } = await import(`${folder}src/index.ts`));
  for (const readings of [4, 6]) {
    const { codec, detector } = await modelsOf(readings);
    [codecs[readings], detectors[readings]] = [codec, detector];
  }
  const other = await modelsOf(4, 2, 7);
  [codecs.other, detectors.other] = [other.codec, other.detector];
  const bytes = Uint8Array.from({ length: 800 }, (_, i) => i % 251);
  codecs.bytes = (await createCodec(other.model, bytes, { maxError: 0.05 })) as unknown as (typeof codecs)['4'];
  codecs.narrow = (await modelsOf(4, 1)).codec;
});

beforeEach(() => {
  platform = new Platform(folder, Trainer);
});

describe('tokens', () => {
  const routes = [
    ['GET', ''],
    ['GET', '/codec'],
    ['GET', '/detector'],
    ['GET', `/readings?from=${FROM}`],
    ['GET', '/training'],
    ['PUT', '/codec'],
    ['PUT', '/detector'],
    ['POST', `/readings?from=${FROM}`],
    ['POST', '/training'],
    ['DELETE', '/training'],
  ] as const;
  const ownersOnly = [
    ['PUT', ''],
    ['POST', '/token'],
    ['DELETE', '/token'],
    ['DELETE', ''],
  ] as const;

  it('let a device reach what is its own, and nothing of another', async () => {
    const [one, two] = [await device('one'), await device('two')];
    for (const [method, rest] of routes) {
      const own = await call(method, `/devices/one${rest}`, undefined, one);
      assert.ok(![401, 403].includes(own.status), `${method} ${rest}: ${own.status}`);
      for (const [path, token] of [
        ['one', two],
        ['two', one],
        ['nobody', one],
      ] as const) {
        const { error } = await must(403, method, `/devices/${path}${rest}`, undefined, token);
        assert.equal(error.code, 'forbidden');
      }
    }
    for (const [method, rest] of ownersOnly)
      for (const path of ['one', 'two', 'nobody']) await must(403, method, `/devices/${path}${rest}`, undefined, one);
    // A method that nobody has says nothing of another's device.
    await must(403, 'PATCH', '/devices/two', undefined, one);
    assert.equal((await must(200, 'GET', '/devices/two')).id, 'two');
  });

  it('are kept as digests, shown once, and void when they are replaced, taken back or their device is deleted', async () => {
    const token = await device('one');
    assert.match(token, /^one\.[\w-]{43}$/);
    const all = JSON.stringify(platform.db.prepare('SELECT * FROM devices').all());
    assert.ok(!all.includes(token) && !all.includes(token.slice(4)));
    for (const path of ['', '/training']) {
      const { json } = await call('GET', `/devices/one${path}`);
      assert.ok(!/token|[0-9a-f]{64}/.test(JSON.stringify(json)), JSON.stringify(json));
    }
    await must(200, 'GET', '/devices/one', undefined, token);
    const next = (await must(201, 'POST', '/devices/one/token')).token;
    await must(401, 'GET', '/devices/one', undefined, token);
    await must(200, 'GET', '/devices/one', undefined, next);
    await must(200, 'DELETE', '/devices/one/token');
    await must(401, 'GET', '/devices/one', undefined, next);
    const last = (await must(201, 'POST', '/devices/one/token')).token;
    await must(200, 'DELETE', '/devices/one');
    await must(401, 'GET', '/devices/one', undefined, last);
    await must(201, 'PUT', '/devices/one', profile);
    await must(401, 'GET', '/devices/one', undefined, last);
    await must(404, 'POST', '/devices/nobody/token');
    await must(404, 'DELETE', '/devices/nobody/token');
  });

  it('that are none let in nobody', async () => {
    const token = await device('one');
    await must(201, 'PUT', '/devices/one.two', profile);
    const secret = token.slice(4);
    const hash = platform.db.prepare('SELECT token FROM devices WHERE id = ?').get('one')!.token as string;
    const wrong = [
      '',
      'x',
      secret,
      `one.${secret}x`,
      `two.${secret}`,
      `one.two.${secret}`,
      hash,
      `one.${hash}`,
      `one.`,
    ];
    for (const given of [...wrong, `one.${'A'.repeat(43)}`, `nobody.${'A'.repeat(43)}`, `${TOKEN}x`, "' OR 1=1 --"])
      for (const [method, rest] of [...routes, ...ownersOnly])
        await must(401, method, `/devices/one${rest}`, undefined, given);
    const dotted = (await must(201, 'POST', '/devices/one.two/token')).token;
    await must(200, 'GET', '/devices/one.two', undefined, dotted);
    await must(403, 'GET', '/devices/one', undefined, dotted);
  });
});

describe('posts', () => {
  it('in which every window has a missing reading are kept, and say so', async () => {
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

  it('without a detector count what is missing too', async () => {
    await device('one', false);
    const x = draw(2, 4);
    x.fill(Number.NaN);
    const json = await must(200, 'POST', post('one'), codecs['4']!.compress(x));
    assert.deepEqual([json.scored, json.unscored, json.missing, json.anomalies], [false, 2, { a: 8, b: 8 }, []]);
  });

  it('of values up to the largest float are kept and can be read', async () => {
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

  it('that decompress to too much are refused, however they are compressed', async () => {
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

describe('models', () => {
  it('that contradict one another are refused when they are put', async () => {
    for (const [first, second] of [
      ['codec', 'detector'],
      ['detector', 'codec'],
    ] as const) {
      const id = `by-${first}`;
      const file = (name: string, readings: number) =>
        (name === 'codec' ? codecs : detectors)[readings]!.save() as Uint8Array<ArrayBuffer>;
      await must(201, 'PUT', `/devices/${id}`, profile);
      await must(200, 'PUT', `/devices/${id}/${first}`, file(first, 6));
      assert.equal((await must(409, 'PUT', `/devices/${id}/${second}`, file(second, 4))).error.code, 'shape');
      assert.equal((await must(409, 'PUT', `/devices/${id}/${first}`, file(first, 4))).error.code, 'shape');
      await must(200, 'PUT', `/devices/${id}/${second}`, file(second, 6));
      const x = codecs['6']!.compress(draw(2, 6));
      assert.equal((await must(200, 'POST', post(id), x)).scored, true);
    }
  });

  it('that are put at the same time are of one shape in the end', async () => {
    for (let round = 0; round < 6; round++) {
      const id = `round-${round}`;
      await must(201, 'PUT', `/devices/${id}`, profile);
      const puts = [
        call('PUT', `/devices/${id}/codec`, codecs['4']!.save()),
        call('PUT', `/devices/${id}/detector`, detectors['6']!.save()),
        call('PUT', `/devices/${id}/codec`, codecs['6']!.save()),
        call('PUT', `/devices/${id}/detector`, detectors['4']!.save()),
      ];
      const statuses = (await Promise.all(puts)).map(({ status }) => status);
      assert.ok(
        statuses.every((status) => status === 200 || status === 409) && statuses.includes(200),
        statuses.join(),
      );
      const { readings } = await must(200, 'GET', `/devices/${id}`);
      await must(200, 'PUT', `/devices/${id}/codec`, codecs[readings]!.save());
      await must(200, 'POST', post(id), codecs[readings]!.compress(draw(2, readings)));
      assert.deepEqual(platform.audit(), { dangling: [], orphans: [] });
    }
  });

  it('of bytes, of other channels, or that cannot run are refused', async () => {
    await must(201, 'PUT', '/devices/one', profile);
    await must(409, 'PUT', '/devices/one/codec', codecs.narrow!.save());
    const broken = detectors['4']!.save().slice();
    // Its threshold, the last value of the file, is no number.
    new DataView(broken.buffer).setUint32(broken.length - 4, 0x7fc00000, true);
    const { status } = await call('PUT', '/devices/one/detector', broken);
    assert.ok(status === 400 || status === 409, `${status}`);
    const { codec, detector } = await must(200, 'GET', '/devices/one');
    assert.deepEqual([codec, detector, platform.files.size], [null, null, 0]);
    const refused = await call('PUT', '/devices/one/codec', codecs.bytes!.save());
    assert.ok(refused.status === 400 || refused.status === 409, JSON.stringify(refused));
  });

  it('that were replaced are deleted, unless stored readings need them', async () => {
    await device('one');
    const first = await must(200, 'GET', '/devices/one');
    assert.equal(platform.files.size, 2);
    await must(200, 'PUT', '/devices/one/detector', detectors.other!.save());
    await must(200, 'PUT', '/devices/one/codec', codecs.other!.save());
    assert.equal(platform.files.size, 2);
    assert.ok(!platform.files.has(first.codec) && !platform.files.has(first.detector));
    // The same file again changes nothing.
    const now = await must(200, 'GET', '/devices/one');
    assert.equal((await must(200, 'PUT', '/devices/one/codec', codecs.other!.save())).codec, now.codec);
    assert.equal(platform.files.size, 2);
    await must(200, 'POST', post('one'), codecs.other!.compress(draw(2, 4)));
    await must(200, 'PUT', '/devices/one/codec', codecs['4']!.save());
    assert.equal(platform.files.size, 3, 'readings are compressed by it');
    assert.equal((await must(200, 'GET', post('one'))).windows.length, 2);
    // Posted again with the new codec, they need it no more.
    await must(200, 'POST', post('one'), sent(2));
    await later(() => must(200, 'PUT', '/devices/one/detector', detectors['4']!.save()));
    assert.deepEqual(platform.audit(), { dangling: [], orphans: [] });
    assert.equal(platform.files.size, 2);
  });

  it('go with their device, and so do its readings and its training', async () => {
    const token = await device('one');
    await device('two');
    for (let i = 0; i < 4; i++) await must(200, 'POST', post('one', 30 * i), sent(30, i), token);
    await must(202, 'POST', '/devices/one/training', { from: at(0), to: at(120), epochs: 10_000 }, token);
    while ((await must(200, 'GET', '/devices/one/training')).phase === 'collect') await pause();
    await must(200, 'DELETE', '/devices/one');
    await pause(100);
    assert.deepEqual(
      [...platform.files.keys()].filter((key) => !key.startsWith('models/two/')),
      [],
    );
    assert.equal(platform.files.size, 2);
    for (const table of ['batches', 'files'])
      assert.equal(platform.db.prepare(`SELECT count(*) AS n FROM ${table} WHERE device = 'one'`).get()!.n, 0, table);
    for (const [method, rest] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/training'],
      ['DELETE', '/training'],
    ] as const)
      assert.equal((await must(404, method, `/devices/one${rest}`)).error.code, 'unknown-device');
    await must(201, 'PUT', '/devices/one', { ...profile, period: 1 });
    await must(404, 'GET', '/devices/one/training');
  });

  it('of a training take the place of those before, which are deleted', async () => {
    await device('one');
    for (let i = 0; i < 4; i++) await must(200, 'POST', post('one', 60 * i), sent(60, i));
    const before = await must(200, 'GET', '/devices/one');
    const request = { from: at(0), to: at(240), epochs: 2, falsePositiveRate: 0.05 };
    for (let round = 0; round < 2; round++) {
      await must(202, 'POST', '/devices/one/training', request);
      // In between, another detector and another codec.
      await must(200, 'PUT', '/devices/one/detector', detectors.other!.save());
      await must(200, 'PUT', '/devices/one/codec', (round ? codecs['4']! : codecs.other!).save());
      let job = await must(200, 'GET', '/devices/one/training');
      for (; job.phase !== 'done'; job = await must(200, 'GET', '/devices/one/training')) {
        assert.notEqual(job.phase, 'failed', job.error);
        await pause();
      }
      const after = await must(200, 'GET', '/devices/one');
      assert.notEqual(after.detector, before.detector);
      await pause(50);
      assert.deepEqual(platform.audit(), { dangling: [], orphans: [] });
    }
  });

  it('of a training that R2 fails in are deleted all the same', async () => {
    await device('one');
    for (let i = 0; i < 2; i++) await must(200, 'POST', post('one', 60 * i), sent(60, i));
    for (let k = 0; ; k++) {
      platform.operations = 0;
      platform.fault = { at: k, done: k % 2 === 1 };
      const begun = await call('POST', '/devices/one/training', {
        from: at(0),
        to: at(120),
        epochs: 1,
        falsePositiveRate: 0.1,
      });
      assert.ok(begun.status < 300 || begun.status === 503, `${begun.status}`);
      if (begun.status < 300)
        for (let phase = ''; phase !== 'done'; await pause()) {
          const { json } = await call('GET', '/devices/one/training');
          phase = json.phase;
          assert.notEqual(phase, 'failed', json.error);
        }
      const ended = platform.operations <= k;
      platform.fault = undefined;
      await pause(60);
      await later(() => must(200, 'PUT', '/devices/one/detector', (k % 2 ? detectors['4']! : detectors.other!).save()));
      assert.deepEqual(platform.audit(), { dangling: [], orphans: [] }, `operation ${k}`);
      if (ended) break;
      assert.ok(k < 100);
    }
  });

  it('of before the migration are kept and deleted as they should', async () => {
    platform = new Platform(folder, Trainer, 1);
    const key = (letter: string): string => `models/${letter.repeat(64)}`;
    const insert = platform.db.prepare('INSERT INTO devices (id, profile, codec, detector) VALUES (?, ?, ?, ?)');
    insert.run('one', JSON.stringify(profile), key('a'), key('b'));
    insert.run('two', JSON.stringify(profile), key('a'), key('c'));
    platform.files.set(key('a'), codecs['4']!.save());
    platform.files.set(key('b'), detectors['4']!.save());
    platform.files.set(key('c'), detectors['6']!.save());
    platform.migrate(folder, 1);
    assert.equal((await must(200, 'POST', post('one'), sent(2))).scored, true);
    // A detector that does not fit was taken then: posts are kept without scores, and say why.
    const json = await must(200, 'POST', post('two'), sent(2));
    assert.deepEqual([json.scored, json.unscored, json.problem], [false, 2, 'the detector is for windows of [6,2]']);
    assert.equal((await must(409, 'PUT', '/devices/two/detector', detectors['6']!.save())).error.code, 'shape');
    await must(200, 'PUT', '/devices/two/detector', detectors['4']!.save());
    assert.ok(!platform.files.has(key('c')));
    assert.equal((await must(200, 'POST', post('two'), sent(2))).scored, true);
    await must(200, 'PUT', '/devices/one/codec', codecs['4']!.save());
    assert.ok(platform.files.has(key('a')), 'the other device has it');
    await must(200, 'DELETE', '/devices/one');
    await must(200, 'DELETE', '/devices/two');
    assert.equal(platform.files.size, 0);
  });

  it('whose files are lost or damaged are named, and posts are kept all the same', async () => {
    await device('one');
    const { codec, detector } = await must(200, 'GET', '/devices/one');
    platform.files.set(detector, Uint8Array.of(1, 2, 3));
    const json = await must(200, 'POST', post('one'), sent(2));
    assert.deepEqual([json.scored, json.unscored], [false, 2]);
    assert.match(json.problem, /put it again/);
    await must(200, 'PUT', '/devices/one/detector', detectors.other!.save());
    assert.equal((await must(200, 'POST', post('one', 2), sent(2))).scored, true);
    platform = new Platform(folder, Trainer);
    await device('one');
    platform.files.delete((await must(200, 'GET', '/devices/one')).codec);
    assert.equal((await must(409, 'POST', post('one'), sent(2))).error.code, 'lost');
    assert.equal((await must(409, 'GET', '/devices/one/codec')).error.code, 'lost');
    assert.ok(codec);
  });
});

const pause = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const { now } = Date;
let ahead = 0;

/** A quarter of an hour later, when no request of now is under way any more. The clock never goes back. */
function later<T>(run: () => Promise<T>): Promise<T> {
  ahead += 15 * 60_000;
  Date.now = () => now() + ahead;
  return run();
}

describe('storage that fails', () => {
  const steps: Record<string, () => Promise<Answer>> = {
    'a codec is replaced': () => call('PUT', '/devices/one/codec', codecs.other!.save()),
    'a detector is replaced': () => call('PUT', '/devices/one/detector', detectors.other!.save()),
    'readings are posted': () => call('POST', post('one', 10), sent(2)),
    'readings are posted again': () => call('POST', post('one'), sent(2, 9)),
    'readings are read': () => call('GET', post('one')),
    'a device is deleted': () => call('DELETE', '/devices/one'),
    'a device is made': () => call('PUT', '/devices/new', profile),
    'a training is asked for': () => call('GET', '/devices/one/training'),
    'a token is made': () => call('POST', '/devices/one/token'),
  };
  for (const [name, step] of Object.entries(steps))
    for (const done of [false, true])
      it(`whenever ${name}: 503, nothing dangles, and the same again succeeds; ${done ? 'after' : 'before'} the operation`, async () => {
        for (let k = 0; ; k++) {
          platform = new Platform(folder, Trainer);
          await device('one');
          await must(200, 'POST', post('one'), sent(2));
          platform.operations = 0;
          platform.fault = { at: k, done };
          const { status } = await step();
          const ended = platform.operations <= k;
          platform.fault = undefined;
          assert.ok(status < 300 || status === 404 || status === 503, `operation ${k}: ${status}`);
          assert.deepEqual(platform.audit().dangling, [], `operation ${k}`);
          const again = (await step()).status;
          const none = name === 'a device is deleted' || name === 'a training is asked for';
          assert.ok(again < 300 || (none && again === 404), `again, ${k}: ${again}`);
          await later(async () => {
            await call('PUT', '/devices/one', profile);
            await must(200, 'PUT', '/devices/one/codec', codecs['4']!.save());
            await must(200, 'PUT', '/devices/one/codec', codecs.other!.save());
          });
          assert.deepEqual(platform.audit(), { dangling: [], orphans: [] }, `operation ${k}`);
          if (ended) break;
          assert.ok(k < 100);
        }
      });
});

describe('no request', () => {
  /** Numbers in [0, 1), the same in every run. */
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  }

  it('is answered by 500, whatever is in it', async () => {
    await device('one');
    await must(201, 'PUT', '/devices/bare', profile);
    const next = random(5);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    const deep = (open: string, close: string): string => open.repeat(30_000) + close.repeat(30_000);
    const long = 'x'.repeat(60_000);
    const values = [
      null,
      true,
      0,
      -1,
      1.5,
      1e308,
      -1e308,
      2 ** 53,
      2 ** 31,
      '',
      'x',
      long,
      '\ud800',
      '😀',
      '\0',
      [],
      {},
      [[]],
      [null],
    ];
    const texts = [
      '', ' ', '[]', '{}', 'null', '1', '"x"', '{', deep('[', ']'), deep('{"channels":[', ']}'), '{"__proto__":{"x":1}}',
      `{"period":1,"channels":${deep('[', ']')}}`, `{"period":1e999,"channels":[{"name":"a","mean":1e308,"scale":1e308}]}`,
    ]; // biome-ignore format: a list
    const body = (): string => {
      if (next() < 0.3) return pick(texts);
      const channel = { name: pick(values), mean: pick(values), scale: pick(values) };
      const fields = {
        period: pick([...values, 60_000]),
        channels: pick([...values, profile.channels, [channel], [channel, channel], new Array(65).fill(channel)]),
        from: pick([...values, FROM]),
        to: pick([...values, FROM]),
        except: pick([...values, [FROM], [long], new Array(1000).fill(FROM)]),
        epochs: pick([...values, 1]),
        seed: pick([...values, 1]),
        falsePositiveRate: pick([...values, 0.1]),
      };
      return JSON.stringify(Object.fromEntries(Object.entries(fields).filter(() => next() < 0.8)));
    };
    const files = [
      codecs['4']!.save(),
      codecs['6']!.save(),
      codecs.bytes!.save(),
      detectors['4']!.save(),
      detectors['6']!.save(),
      sent(3),
    ];
    const damaged = (): Uint8Array<ArrayBuffer> => {
      const bytes = pick(files).slice(0, next() < 0.3 ? Math.floor(next() * 4000) : undefined);
      for (let i = pick([0, 1, 3]); i > 0 && bytes.length; i--)
        bytes[Math.floor(next() * bytes.length)]! ^= 1 << Math.floor(next() * 8);
      return bytes;
    };
    const times = [
      '',
      FROM,
      'x',
      '0',
      '-1',
      '1e3',
      '8640000000000000',
      '8640000000000001',
      '-8640000000000000',
      '99999999999999999999',
      'NaN',
      '%00',
      '%ED%A0%80',
      long.slice(0, 2000),
    ];
    const ids = [
      'one',
      'bare',
      'nobody',
      '..',
      '%2e%2e',
      '...',
      'a%2fb',
      '%F0%9F%98%80',
      "'--",
      'x'.repeat(65),
      'constructor',
      '__proto__',
    ];
    const rests = [
      '',
      '',
      '/codec',
      '/detector',
      '/readings',
      '/readings',
      '/training',
      '/token',
      '/constructor',
      '/../one',
      '//',
    ];
    const counts = new Map<number, number>();
    for (let i = 0; i < 3000; i++) {
      const method = pick(['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);
      const query = `?from=${pick(times)}${next() < 0.3 ? `&to=${pick(times)}` : ''}${next() < 0.2 ? `&limit=${pick(times)}` : ''}`;
      const path = `/devices/${pick(ids)}${pick(rests)}${next() < 0.8 ? query : ''}`;
      // The devices stay, so that most calls come far.
      if (method === 'DELETE' && !path.includes('training')) continue;
      const given = method === 'GET' || method === 'HEAD' ? undefined : next() < 0.5 ? body() : damaged();
      const headers: Record<string, string> = {};
      if (next() < 0.1) headers['content-encoding'] = pick(['gzip', 'deflate', 'br', 'identity', 'GZIP', 'x']);
      if (next() < 0.1) headers['content-type'] = pick(['text/html', 'application/json', 'multipart/form-data']);
      const answer = await call(method, path, given, TOKEN, headers);
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
      const told = typeof given === 'string' ? given.slice(0, 300) : `${given?.length} bytes`;
      assert.ok(
        answer.status < 500,
        `${method} ${path} ${JSON.stringify(headers)} ${told}: ${JSON.stringify(answer.json)}`,
      );
    }
    for (const status of [200, 201, 400, 404, 405, 409])
      assert.ok((counts.get(status) ?? 0) > 2, `${status}: ${counts.get(status)}`);
    await must(200, 'POST', '/devices/one/readings?from=2040-01-01T00:00:00Z', sent(2));
    assert.deepEqual(platform.audit().dangling, []);
    for (const name of ['one', 'bare', 'nobody', 'constructor']) await call('DELETE', `/devices/${name}/training`);
  });

  it('that crosses with others leaves a device that cannot be posted to', async () => {
    const next = random(11);
    for (let round = 0; round < 8; round++) {
      const id = `round-${round}`;
      await must(201, 'PUT', `/devices/${id}`, profile);
      const calls = Array.from({ length: 12 }, (_, i) => {
        const kind = next();
        if (kind < 0.3)
          return call('PUT', `/devices/${id}/codec`, (next() < 0.5 ? codecs['4']! : codecs.other!).save());
        if (kind < 0.5)
          return call('PUT', `/devices/${id}/detector`, (next() < 0.5 ? detectors['4']! : detectors.other!).save());
        if (kind < 0.9)
          return call('POST', post(id, 2 * i), (next() < 0.5 ? codecs['4']! : codecs.other!).compress(draw(2, 4, i)));
        return call('GET', post(id));
      });
      for (const { status, json } of await Promise.all(calls)) assert.ok(status < 500, JSON.stringify(json));
      assert.deepEqual(platform.audit().dangling, []);
      await must(200, 'PUT', `/devices/${id}/codec`, codecs['4']!.save());
      await must(200, 'POST', post(id, 100), sent(2));
      await must(200, 'GET', post(id));
      await must(200, 'DELETE', `/devices/${id}`);
      assert.deepEqual(platform.audit(), { dangling: [], orphans: [] });
    }
  });
});
