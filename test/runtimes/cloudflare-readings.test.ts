// The Worker of examples/cloudflare-worker-telemetry over HTTP: telemetry in, anomalies out, readings back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { draw, faults, profile } from '../../examples/cloudflare-worker-telemetry/device/telemetry.ts';
import { type Answer, TOKEN } from './cloudflare.ts';
import { BOUND, channels, models, size } from './cloudflare-models.ts';
import { at, call, codec, detector, device, fails, post, printed, serve, skip, worker } from './cloudflare-served.ts';

describe('cloudflare-worker: readings', { skip }, () => {
  serve('cloudflare-readings');

  it('stores a post in which every window has a missing reading', async () => {
    const id = 'gaps';
    await device(id);
    const x = draw(3, 50);
    for (const day of [0, 1, 2]) x[day * size + day] = Number.NaN;
    const { status, json } = await call('POST', post(id, 0), codec.compress(x));
    assert.deepEqual([status, json.windows, json.unscored], [200, 3, 3]);
    assert.deepEqual(json.missing, { temperature: 1, pressure: 1, vibration: 1, current: 0 });
    assert.equal((await call('GET', post(id, 0))).json.windows.length, 3);
  });

  it('accepts bodies compressed by gzip, up to the same size', async () => {
    await device('packed');
    const gzip = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
      new Uint8Array(
        await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
      );
    const send = async (body: Uint8Array<ArrayBuffer>): Promise<number> => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-encoding': 'gzip' };
      const answer = await fetch(worker.url + post('packed', 0), { method: 'POST', headers, body });
      await answer.arrayBuffer();
      return answer.status;
    };
    assert.equal(await send(await gzip(codec.compress(draw(2, 52)))), 200);
    assert.equal(await send(await gzip(new Uint8Array(2 ** 24))), 413);
    assert.equal(await send(codec.compress(draw(2, 52))), 400);
  });

  it('flags normal readings at about the requested rate, with the scores of the device to the bit', async () => {
    const [count, each] = [600, 60];
    const x = draw(count, 40);
    let flagged = 0;
    for (let day = 0; day < count; day += each) {
      const bytes = codec.compress(x.subarray(day * size, (day + each) * size));
      const { json } = await call('POST', post('pump', day), bytes);
      assert.deepEqual([json.windows, json.scored, json.threshold], [each, true, detector.threshold]);
      const expected = detector.score(codec.decompress(bytes));
      for (const { window, score, from } of json.anomalies) {
        assert.equal(score, expected[window]);
        assert.equal(from, at(day + window));
      }
      flagged += json.anomalies.length;
      assert.equal(json.anomalies.length, expected.filter((score) => score > detector.threshold).length);
    }
    // 12 are expected at 2 %, give or take 3.4.
    assert.ok(flagged >= 2 && flagged <= 22, `${flagged} of ${count}`);
  });

  it('finds faults, and names the channel and the reading', async () => {
    const x = draw(30, 41);
    const names = Object.values(faults).map((fault, i) => {
      fault(x.subarray((5 + 8 * i) * size, (6 + 8 * i) * size));
      return ['vibration', 'pressure', 'current'][i]!;
    });
    const { json } = await call('POST', post('pump', 1000), codec.compress(x));
    names.forEach((name, i) => {
      const found = json.anomalies.find(({ window }: { window: number }) => window === 5 + 8 * i);
      assert.ok(found, `the fault of ${name}`);
      assert.ok(found.score > found.threshold);
      assert.deepEqual(Object.keys(found.channels), channels);
      const shares = Object.values(found.channels) as number[];
      assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-3);
      assert.equal(Math.max(...shares), found.channels[name], `${name}: ${JSON.stringify(found.channels)}`);
      if (name !== 'current') return;
      const [{ channel, at: time, value }] = found.readings;
      assert.deepEqual(
        [channel, time],
        ['current', new Date(Date.parse(at(1021)) + 15 * profile.period).toISOString()],
      );
      assert.ok(Math.abs(value - (x[(21 * 24 + 15) * 4 + 3]! * 2 + 11)) <= BOUND * 2);
    });
    assert.ok(json.anomalies.length <= names.length + 3);
  });

  it('counts missing readings', async () => {
    const x = draw(3, 42);
    for (const i of [0, 1, 4]) x[size + i] = i ? Number.NaN : Number.POSITIVE_INFINITY;
    const { json } = await call('POST', post('pump', 1100), codec.compress(x));
    const [found] = json.anomalies.filter(({ window }: { window: number }) => window === 1);
    assert.deepEqual([found.score, found.missing], [null, { temperature: 2, pressure: 1, vibration: 0, current: 0 }]);
    const { windows } = (await call('GET', post('pump', 1100))).json;
    assert.deepEqual([windows[1].score, windows[1].anomaly, windows[1].values.pressure[0]], [null, true, null]);
    assert.equal(windows[0].anomaly, windows[0].score > detector.threshold);
  });

  it('returns readings by time, in pages, within the error bound', async () => {
    const id = 'pages';
    await device(id);
    const x = draw(100, 43);
    const posted: Uint8Array<ArrayBuffer>[] = [];
    for (let day = 0; day < 100; day += 10) {
      posted.push(codec.compress(x.subarray(day * size, (day + 10) * size)));
      assert.equal((await call('POST', post(id, day), posted.at(-1))).status, 200);
    }
    const seen: { from: string; score: number; values: Record<string, number[]> }[] = [];
    let pages = 0;
    for (let from: string | null = at(3); from; pages++) {
      const { json }: Answer = await call('GET', `/devices/${id}/readings?from=${from}&to=${at(97)}&limit=17`);
      seen.push(...json.windows);
      from = json.next;
    }
    assert.ok(pages >= 6);
    assert.deepEqual(
      seen.map(({ from }) => from),
      Array.from({ length: 94 }, (_, i) => at(3 + i)),
    );
    const expected = posted.flatMap((bytes) => [...detector.score(codec.decompress(bytes))]);
    seen.forEach(({ score, values }, i) => {
      assert.equal(score, expected[3 + i]);
      profile.channels.forEach(({ name, mean, scale }, c) => {
        values[name]!.forEach((value, t) => {
          const was = x[((3 + i) * 24 + t) * 4 + c]! * scale + mean;
          assert.ok(Math.abs(value - was) <= BOUND * scale * (1 + 1e-6), `${name} ${t}: ${value}, was ${was}`);
        });
      });
    });
    assert.equal((await call('GET', post(id, 0))).json.next, at(80), 'a page is eight posts');
    assert.deepEqual((await call('GET', post(id, 100))).json, { windows: [], next: null });
    for (const query of [
      '',
      '?from=never',
      `?from=${at(0)}&to=x`,
      `?from=${at(0)}&limit=0`,
      `?from=${at(0)}&limit=1.5`,
    ])
      fails(await call('GET', `/devices/${id}/readings${query}`), 400, 'invalid');
  });

  it('accepts a repeated post, and refuses one that overlaps', async () => {
    const bytes = codec.compress(draw(10, 44));
    const [first, again] = [
      await call('POST', post('pump', 2000), bytes),
      await call('POST', post('pump', 2000), bytes),
    ];
    assert.deepEqual([first.status, again.json], [200, first.json]);
    for (const day of [1991, 1999, 2001, 2009]) fails(await call('POST', post('pump', day), bytes), 409, 'overlap');
    const one = codec.compress(draw(1, 44));
    fails(await call('POST', post('pump', 2005), one), 409, 'overlap');
    for (const day of [1999, 2010]) assert.equal((await call('POST', post('pump', day), one)).status, 200);
    const { windows } = (await call('GET', `${post('pump', 1999)}&to=${at(2011)}`)).json;
    assert.equal(windows.length, 12);
  });

  it('refuses damaged bytes, bytes of another model, and too many bytes', async () => {
    const bytes = codec.compress(draw(10, 45));
    const send = (body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>): Promise<Answer> =>
      call('POST', post('pump', 3000), body);
    for (let i = 0; i < bytes.length; i += 13) {
      const damaged = bytes.slice();
      damaged[i]! ^= 4;
      const { status, json } = await send(damaged);
      assert.ok(
        status === 400 && /corrupt|truncated/.test(json.error.code),
        `byte ${i}: ${status} ${json.error?.code}`,
      );
    }
    for (const length of [1, 20, 60, bytes.length - 1]) fails(await send(bytes.slice(0, length)), 400, 'truncated');
    fails(await send(), 400, 'truncated');
    fails(await send(new TextEncoder().encode('{"temperature":20}')), 409, 'model', /got JSON/);
    const nothing = new Blob([]).stream().pipeThrough(codec.compressionStream());
    fails(await send(new Uint8Array(await new Response(nothing).arrayBuffer())), 400, 'invalid', /a window at least/);
    const { codec: other } = await models(2);
    fails(await send(other.compress(draw(10, 45))), 409, 'model', /expected data of codec/);
    const large = new Uint8Array(300 * 1024);
    fails(await send(large), 413, 'too-large', /at most 262144 bytes/);
    fails(await send(new Blob([large]).stream()), 413, 'too-large');
    const many = codec.compress(new Float32Array(5000 * size));
    assert.ok(many.length < 262_144, `${many.length} bytes`);
    fails(await send(many), 413, 'too-many', /at most 4096 windows, got 5000/);
    for (const from of ['', '?from=', '?from=yesterday'])
      fails(await call('POST', `/devices/pump/readings${from}`, bytes), 400, 'invalid', /"from" expected a time/);
    assert.deepEqual((await call('GET', post('pump', 2990))).json.windows, [], 'nothing of it is kept');
  });

  it('printed no error', () => {
    printed(/POST \/devices\/pump\/readings 200 OK/);
  });
});
