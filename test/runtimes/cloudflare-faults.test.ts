// Failing storage, concurrent calls, and bodies of every kind: no request is answered by 500.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uniformFromSeed } from '../../tools/linear-congruential.ts';
import { TOKEN } from './cloudflare.ts';
import {
  type Answer,
  call,
  codecs,
  detectors,
  device,
  draw,
  FROM,
  later,
  must,
  platform,
  post,
  prepare,
  profile,
  renew,
  sent,
} from './cloudflare-routes.ts';

prepare('cloudflare-faults');

describe('failing storage', () => {
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
          renew();
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
  it('is answered by 500, for any content', async () => {
    await device('one');
    await must(201, 'PUT', '/devices/bare', profile);
    const next = uniformFromSeed(5);
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
      // The devices are not deleted, so that most calls reach the handlers.
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

  it('that runs concurrently with others leaves a device without posts', async () => {
    const next = uniformFromSeed(11);
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
