// The Worker of examples/cloudflare-worker over HTTP: telemetry in, anomalies out, readings back.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Codec, createCodec, type Detector } from 'isthmus';
import { draw, faults, profile } from '../../examples/cloudflare-worker/device/telemetry.ts';
import { type Answer, caller, copy, dev, migrate, missing, type Served, TOKEN } from './cloudflare.ts';
import { BOUND, channels, DAY, models, size } from './cloudflare-models.ts';

const skip = missing && process.env.CI !== 'true' ? missing : false;
const at = (day: number): string => new Date(Date.UTC(2026, 0, 1) + day * DAY).toISOString();
const post = (id: string, day: number): string => `/devices/${id}/readings?from=${at(day)}`;

describe('cloudflare-worker', { skip }, () => {
  let [folder, worker] = ['', undefined as unknown as Served];
  let [codec, detector] = [undefined as unknown as Codec, undefined as unknown as Detector];
  let call: ReturnType<typeof caller>;
  before(async () => {
    ({ codec, detector } = await models());
    folder = copy('cloudflare-worker');
    await migrate(folder);
    worker = await dev(folder);
    call = caller(worker.url);
    await device('pump');
  });
  after(() => worker?.stop());

  /** A device with both models. */
  async function device(id: string): Promise<void> {
    assert.equal((await call('PUT', `/devices/${id}`, profile)).status, 201);
    assert.equal((await call('PUT', `/devices/${id}/codec`, codec.save())).status, 200);
    assert.equal((await call('PUT', `/devices/${id}/detector`, detector.save())).status, 200);
  }

  /** What an error says. */
  function fails({ status, json }: Answer, expected: number, code: string, message = /./): void {
    assert.deepEqual([status, json.error?.code], [expected, code], JSON.stringify(json));
    assert.match(json.error.message, message);
  }

  it('lets in who has the secret, and nobody else', async () => {
    for (const token of ['', 'wrong', `${TOKEN}x`, TOKEN.slice(0, -1)]) {
      const answer = await call('GET', '/devices/pump', undefined, token);
      fails(answer, 401, 'unauthorized');
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
    assert.equal((await call('GET', '/devices/pump')).json.id, 'pump');
    const { callerOf } = await import(`${folder}src/auth.ts`);
    const request = new Request('http://worker/', { headers: { authorization: 'Bearer undefined' } });
    await assert.rejects(callerOf(request, {}), { status: 500, code: 'no-token' });
  });

  it('gives a device a token that reaches the device and no other', async () => {
    for (const id of ['mine', 'other']) await device(id);
    const { json } = await call('POST', '/devices/mine/token');
    assert.match(json.token, /^mine\.[\w-]{43}$/);
    const as = (method: string, path: string, body?: Uint8Array<ArrayBuffer> | object): Promise<Answer> =>
      call(method, path, body, json.token);
    assert.equal((await as('POST', post('mine', 0), codec.compress(draw(2, 1)))).status, 200);
    assert.equal((await as('GET', post('mine', 0))).json.windows.length, 2);
    for (const [method, path] of [
      ['GET', '/devices/other'],
      ['POST', post('other', 0)],
      ['GET', post('other', 0)],
      ['PUT', '/devices/other/codec'],
      ['POST', '/devices/other/training'],
      ['POST', '/devices/mine/token'],
      ['DELETE', '/devices/mine'],
    ] as const)
      fails(await as(method, path), 403, 'forbidden');
    assert.equal((await call('DELETE', '/devices/mine/token')).status, 200);
    fails(await as('GET', '/devices/mine'), 401, 'unauthorized');
  });

  it('keeps a post in which every window has a missing reading', async () => {
    const id = 'gaps';
    await device(id);
    const x = draw(3, 50);
    for (const day of [0, 1, 2]) x[day * size + day] = Number.NaN;
    const { status, json } = await call('POST', post(id, 0), codec.compress(x));
    assert.deepEqual([status, json.windows, json.unscored], [200, 3, 3]);
    assert.deepEqual(json.missing, { temperature: 1, pressure: 1, vibration: 1, current: 0 });
    assert.equal((await call('GET', post(id, 0))).json.windows.length, 3);
  });

  it('replaces models, and deletes a device with all that it has', async () => {
    const id = 'gone';
    await device(id);
    const before = (await call('GET', `/devices/${id}`)).json;
    await call('POST', post(id, 0), codec.compress(draw(2, 51)));
    const other = await models(3);
    assert.equal((await call('PUT', `/devices/${id}/codec`, other.codec.save())).status, 200);
    assert.equal((await call('PUT', `/devices/${id}/detector`, other.detector.save())).status, 200);
    const after = (await call('GET', `/devices/${id}`)).json;
    assert.ok(after.codec !== before.codec && after.detector !== before.detector);
    assert.equal((await call('GET', post(id, 0))).json.windows.length, 2, 'by the codec of before');
    assert.deepEqual((await call('GET', `/devices/${id}/detector`)).bytes, other.detector.save());
    assert.equal((await call('DELETE', `/devices/${id}`)).status, 200);
    for (const rest of ['', '/codec', '/training']) {
      const { status } = await call('GET', `/devices/${id}${rest}`);
      assert.equal(status, 404, rest);
    }
    assert.equal((await call('PUT', `/devices/${id}`, profile)).status, 201, 'made again');
  });

  it('takes bodies compressed by gzip, up to the same size', async () => {
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

  it('has no other paths, devices and methods', async () => {
    for (const path of [
      '/',
      '/devices',
      '/devices/',
      '/devices/a/b',
      '/devices/pump/readings/1',
      '/devices/%2e/',
      '/devices/pump/constructor',
    ])
      fails(await call('GET', path), 404, 'no-such-path');
    const bytes = codec.compress(draw(1, 1));
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/codec'],
      ['PUT', '/codec', codec.save()],
      ['PUT', '/detector', detector.save()],
      ['POST', `/readings?from=${at(0)}`, bytes],
      ['GET', `/readings?from=${at(0)}`],
      ['POST', '/training', { from: at(0), to: at(1) }],
    ] as const)
      fails(await call(method, `/devices/nobody${path}`, body), 404, 'unknown-device', /"nobody"/);
    for (const [method, path, allow] of [
      ['PATCH', '', 'GET, PUT, DELETE'],
      ['GET', '/token', 'POST, DELETE'],
      ['POST', '/codec', 'GET, PUT'],
      ['PUT', '/readings', 'GET, POST'],
      ['PATCH', '/training', 'GET, POST, DELETE'],
    ] as const) {
      const answer = await call(method, `/devices/pump${path}`);
      fails(answer, 405, 'method');
      assert.equal(answer.headers.get('allow'), allow);
    }
  });

  it('makes a device known once', async () => {
    assert.equal((await call('PUT', '/devices/pump', profile)).status, 200);
    fails(await call('PUT', '/devices/pump', { ...profile, period: 1 }), 409, 'other-profile');
    const [channel] = profile.channels;
    for (const [body, message] of [
      [[], /"body" expected a JSON object/],
      [new TextEncoder().encode('{'), /"body" expected a JSON object/],
      [{}, /"channels" expected an array of 1\.\.64 channels, got undefined/],
      [{ ...profile, channels: [{ ...channel, scale: 0 }] }, /"channels\[0\]\.scale" expected a number above 0, got 0/],
      [{ ...profile, channels: [channel, channel] }, /"channels" expected names that differ/],
      [{ ...profile, period: 0.5 }, /"period" expected integer 1\.\./],
    ] as const)
      fails(await call('PUT', '/devices/other', body), 400, 'invalid', message);
  });

  it('takes models that fit, and gives them back', async () => {
    const put = (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Answer> =>
      call('PUT', `/devices/pump/${name}`, bytes);
    for (const [name, file] of Object.entries({ codec: codec.save(), detector: detector.save() })) {
      const got = await call('GET', `/devices/pump/${name}`);
      assert.deepEqual(got.bytes, file);
      const damaged = file.slice();
      damaged[20]! ^= 1;
      fails(await put(name, damaged), 400, 'corrupt');
      fails(await put(name, file.slice(0, -1)), 400, 'truncated');
      fails(await put(name, new Uint8Array(4 * 2 ** 20 + 1)), 413, 'too-large');
    }
    fails(await put('codec', detector.save()), 409, 'model', /"format" expected isthmus-codec/);
    fails(await put('detector', codec.save()), 409, 'model', /"format" expected isthmus-detector/);
    const plain = await createCodec(detector.model, draw(100, 1), { step: 0.1 });
    fails(await put('codec', plain.save()), 409, 'mode', /got plain/);
    fails(await call('GET', '/devices/new/codec'), 404, 'unknown-device');
    await call('PUT', '/devices/narrow', { ...profile, channels: profile.channels.slice(1) });
    fails(await call('GET', '/devices/narrow/codec'), 404, 'no-codec');
    fails(await call('PUT', '/devices/narrow/codec', codec.save()), 409, 'shape', /\[readings, 3\], got \[24,4\]/);
    fails(await call('POST', post('narrow', 0), codec.compress(draw(1, 1))), 409, 'no-codec');
  });

  it('flags normal readings at about the rate asked for, and scores to the bit as the device would', async () => {
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

  it('finds faults, and says in which channel and reading', async () => {
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

  it('counts readings that are missing', async () => {
    const x = draw(3, 42);
    for (const i of [0, 1, 4]) x[size + i] = i ? Number.NaN : Number.POSITIVE_INFINITY;
    const { json } = await call('POST', post('pump', 1100), codec.compress(x));
    const [found] = json.anomalies.filter(({ window }: { window: number }) => window === 1);
    assert.deepEqual([found.score, found.missing], [null, { temperature: 2, pressure: 1, vibration: 0, current: 0 }]);
    const { windows } = (await call('GET', post('pump', 1100))).json;
    assert.deepEqual([windows[1].score, windows[1].anomaly, windows[1].values.pressure[0]], [null, true, null]);
    assert.equal(windows[0].anomaly, windows[0].score > detector.threshold);
  });

  it('gives readings back by time, page by page, within the bound', async () => {
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

  it('takes the same post again, and none that overlaps', async () => {
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

  it('refuses bytes that are damaged, of another model, or too many', async () => {
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

  it('works for the device of the example, as its README says', async () => {
    const env = { ...process.env, TOKEN };
    const device = (): Promise<{ stdout: string; stderr: string }> =>
      promisify(execFile)(process.execPath, ['device/main.ts', worker.url, 'demo'], { cwd: folder, env });
    const { stdout, stderr } = await device();
    assert.equal(stderr, '');
    assert.match(
      stdout,
      /^600 days posted: \d+ bytes, \d+\.\d times fewer than float32\ntrained 60 epochs in \d+ slices/,
    );
    for (const [day, channel] of [
      ['09-01', 'vibration'],
      ['09-08', 'pressure'],
      ['09-15', 'current'],
    ])
      assert.match(stdout, new RegExp(`^2027-${day}: score \\d+\\.\\d\\d, most in ${channel}, `, 'm'));
    assert.equal((await device()).stderr, '', 'again, with the codec that it kept');
  });

  it('answers the lines of its README', async () => {
    const readme = readFileSync(`${folder}README.md`, 'utf8');
    const [, lines] = /```sh\n([^`]*curl[^`]*(?:`[^`\n]+`[^`]*)*)```/.exec(readme)!;
    copyFileSync(`${folder}demo.codec.safetensors`, `${folder}pump-1.codec.safetensors`);
    const env = { ...process.env, TOKEN, URL: worker.url };
    const { stdout, stderr } = await promisify(execFile)('bash', ['-euc', lines!], { cwd: folder, env });
    assert.equal(stderr, '');
    const answers = stdout.replaceAll('}{', '}\n{').split('\n');
    assert.equal(answers.length, 5, stdout);
    assert.doesNotMatch(stdout, /error/);
    assert.deepEqual(JSON.parse(answers[3]!), { windows: [], next: null });
    assert.deepEqual(JSON.parse(answers[4]!), { id: 'pump-2', deleted: true });
  });

  it('printed no error', () => {
    assert.match(worker.printed(), /POST \/devices\/pump\/readings 200 OK/);
    assert.doesNotMatch(worker.printed(), /wrangler:(error|warn)|✘|▲|Uncaught|Error/);
  });
});
