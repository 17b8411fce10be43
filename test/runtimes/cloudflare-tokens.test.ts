// Tokens of devices, and the requests that they authorize.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertAbsent } from '../absent.ts';
import { TOKEN } from './cloudflare.ts';
import { call, device, FROM, must, platform, prepare, profile } from './cloudflare-routes.ts';

prepare('cloudflare-tokens');

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

  it('give access to the data of their device only', async () => {
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
    // An unknown method reveals nothing about another device.
    await must(403, 'PATCH', '/devices/two', undefined, one);
    assert.equal((await must(200, 'GET', '/devices/two')).id, 'two');
  });

  it('are stored as digests, shown once, and invalid after they are replaced or revoked or their device is deleted', async () => {
    const token = await device('one');
    assert.match(token, /^one\.[\w-]{43}$/);
    const stored = JSON.stringify(platform.db.prepare('SELECT * FROM devices').all());
    assert.match(stored, /"token":"[0-9a-f]{64}"/);
    assertAbsent(stored, [new RegExp(token.slice(4))], token);
    for (const path of ['', '/training']) {
      const { json } = await call('GET', `/devices/one${path}`);
      assertAbsent(JSON.stringify(json), [/token/, /[0-9a-f]{64}/], stored);
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

  it('that are invalid give no access', async () => {
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
