// The Worker of examples/cloudflare-worker-telemetry over HTTP: access, devices, models, and the commands of its README.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createCodec } from 'isthmus';
import { draw, profile } from '../../examples/cloudflare-worker-telemetry/device/telemetry.ts';
import { assertAbsent } from '../absent.ts';
import { type Answer, TOKEN } from './cloudflare.ts';
import { models } from './cloudflare-models.ts';
import {
  at,
  call,
  codec,
  detector,
  device,
  fails,
  folder,
  post,
  printed,
  serve,
  skip,
  worker,
} from './cloudflare-served.ts';

describe('cloudflare-worker', { skip }, () => {
  serve('cloudflare-worker');

  it('gives access only with the secret', async () => {
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

  it('replaces models, and deletes a device with all its data', async () => {
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

  it('refuses unknown paths, devices and methods', async () => {
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

  it('creates a device once', async () => {
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

  it('stores models of the right shape, and returns them', async () => {
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

  it('works with the device of the example as in its README', async () => {
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

  it('answers the commands of its README', async () => {
    const readme = readFileSync(`${folder}README.md`, 'utf8');
    const [, lines] = /```sh\n([^`]*curl[^`]*(?:`[^`\n]+`[^`]*)*)```/.exec(readme)!;
    copyFileSync(`${folder}demo.codec.safetensors`, `${folder}pump-1.codec.safetensors`);
    const env = { ...process.env, TOKEN, URL: worker.url };
    const { stdout, stderr } = await promisify(execFile)('bash', ['-euc', lines!], { cwd: folder, env });
    assert.equal(stderr, '');
    const answers = stdout.replaceAll('}{', '}\n{').split('\n');
    assert.equal(answers.length, 5, stdout);
    assertAbsent(stdout, [/"error"/], JSON.stringify((await call('GET', '/devices/none')).json));
    assert.deepEqual(JSON.parse(answers[3]!), { windows: [], next: null });
    assert.deepEqual(JSON.parse(answers[4]!), { id: 'pump-2', deleted: true });
  });

  it('printed no error', () => {
    printed(/PUT \/devices\/pump\/codec 200 OK/);
  });
});
