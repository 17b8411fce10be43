// Codecs and detectors of devices: which ones match, which files are stored, and which are deleted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  at,
  call,
  codecs,
  detectors,
  device,
  draw,
  later,
  migrate,
  must,
  pause,
  platform,
  post,
  prepare,
  profile,
  renew,
  sent,
} from './cloudflare-routes.ts';

prepare('cloudflare-files');

describe('models', () => {
  it('that do not match are refused when they are stored', async () => {
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

  it('that are stored at the same time have one shape in the end', async () => {
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

  it('that are replaced are deleted, unless stored readings need them', async () => {
    await device('one');
    const first = await must(200, 'GET', '/devices/one');
    assert.deepEqual([...platform.files.keys()].sort(), [first.codec, first.detector].sort());
    await must(200, 'PUT', '/devices/one/detector', detectors.other!.save());
    await must(200, 'PUT', '/devices/one/codec', codecs.other!.save());
    assert.equal(platform.files.size, 2);
    assert.ok(!platform.files.has(first.codec) && !platform.files.has(first.detector));
    // Storing the same file again changes nothing.
    const now = await must(200, 'GET', '/devices/one');
    assert.equal((await must(200, 'PUT', '/devices/one/codec', codecs.other!.save())).codec, now.codec);
    assert.equal(platform.files.size, 2);
    await must(200, 'POST', post('one'), codecs.other!.compress(draw(2, 4)));
    await must(200, 'PUT', '/devices/one/codec', codecs['4']!.save());
    assert.equal(platform.files.size, 3, 'readings are compressed by it');
    assert.equal((await must(200, 'GET', post('one'))).windows.length, 2);
    // Readings that are posted again with the new codec do not need the old one.
    await must(200, 'POST', post('one'), sent(2));
    await later(() => must(200, 'PUT', '/devices/one/detector', detectors['4']!.save()));
    assert.deepEqual(platform.audit(), { dangling: [], orphans: [] });
    assert.equal(platform.files.size, 2);
  });

  it('are deleted with their device, as are its readings and its training', async () => {
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

  it('of a training replace earlier ones, which are deleted', async () => {
    await device('one');
    for (let i = 0; i < 4; i++) await must(200, 'POST', post('one', 60 * i), sent(60, i));
    const before = await must(200, 'GET', '/devices/one');
    const request = { from: at(0), to: at(240), epochs: 2, falsePositiveRate: 0.05 };
    for (let round = 0; round < 2; round++) {
      await must(202, 'POST', '/devices/one/training', request);
      // Another detector and another codec are stored meanwhile.
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

  it('of a training in which R2 fails are deleted too', async () => {
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

  it('from before the migration are kept while they are used, and then deleted', async () => {
    renew(1);
    const key = (letter: string): string => `models/${letter.repeat(64)}`;
    const insert = platform.db.prepare('INSERT INTO devices (id, profile, codec, detector) VALUES (?, ?, ?, ?)');
    insert.run('one', JSON.stringify(profile), key('a'), key('b'));
    insert.run('two', JSON.stringify(profile), key('a'), key('c'));
    platform.files.set(key('a'), codecs['4']!.save());
    platform.files.set(key('b'), detectors['4']!.save());
    platform.files.set(key('c'), detectors['6']!.save());
    migrate(1);
    assert.equal((await must(200, 'POST', post('one'), sent(2))).scored, true);
    // An earlier version accepted a detector of another shape: posts are stored without scores, and the answer gives the reason.
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

  it('whose files are lost or damaged are named in the answer, and posts are stored', async () => {
    await device('one');
    const { codec, detector } = await must(200, 'GET', '/devices/one');
    platform.files.set(detector, Uint8Array.of(1, 2, 3));
    const json = await must(200, 'POST', post('one'), sent(2));
    assert.deepEqual([json.scored, json.unscored], [false, 2]);
    assert.match(json.problem, /put it again/);
    await must(200, 'PUT', '/devices/one/detector', detectors.other!.save());
    assert.equal((await must(200, 'POST', post('one', 2), sent(2))).scored, true);
    renew();
    await device('one');
    platform.files.delete((await must(200, 'GET', '/devices/one')).codec);
    assert.equal((await must(409, 'POST', post('one'), sent(2))).error.code, 'lost');
    assert.equal((await must(409, 'GET', '/devices/one/codec')).error.code, 'lost');
    assert.ok(codec);
  });
});
