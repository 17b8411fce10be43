// Strange stretches of series.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FALSE_ALARMS, findStrange, readDetector, type Series, writeDetector } from '../../jobs/series/index.ts';
import { noise, pattern, walk } from './series-data.ts';

const seriesOf = (values: ArrayLike<number>, others: Partial<Series> = {}): Series => ({
  columns: [{ name: 'value', values }],
  ...others,
});

/** The pattern with a day at half height, one spike and a noisy half day. */
function withAnomalies(): Float64Array {
  const values = pattern(3000, 1);
  for (let i = 1000; i < 1048; i++) values[i] = 20 + 0.3 * (values[i]! - 20);
  values[2000]! += 3;
  const disturbance = noise(24, 9);
  disturbance.forEach((value, i) => {
    values[2500 + i]! += 0.6 * value;
  });
  return values;
}

describe('the strange stretches of a series', () => {
  it('are the anomalies, in order of time, with their rows', async () => {
    const { stretches, scores, window } = await findStrange(seriesOf(withAnomalies()));
    assert.equal(window, 48);
    assert.equal(scores.length, 3000);
    const known = [
      { first: 1000, last: 1047 },
      { first: 2000, last: 2000 },
      { first: 2500, last: 2523 },
    ];
    assert.equal(stretches.length, known.length, JSON.stringify(stretches));
    known.forEach(({ first, last }, i) => {
      const { start, end, score } = stretches[i]!;
      assert.ok(start <= last + 6 && end >= first - 6, `${start}..${end} is not near ${first}..${last}`);
      assert.ok(end - start <= last - first + 48, `${start}..${end} is longer than ${first}..${last}`);
      assert.ok(score > 1);
    });
    assert.deepEqual([stretches[1]!.start, stretches[1]!.end], [2000, 2000], 'a spike is one row');
  });

  it('are none in series without anomalies', async () => {
    for (const [name, values] of Object.entries({
      pattern: pattern(2000, 3),
      'white noise': noise(2000, 4),
      'random walk': walk(2000, 5),
    })) {
      const { stretches, scores } = await findStrange(seriesOf(values), { falseAlarms: 1e-4 });
      assert.deepEqual(stretches, [], name);
      assert.ok(scores.every((score) => score > 0 && score <= 1));
    }
  });

  it('name the column that deviates', async () => {
    const columns = ['a', 'b', 'c'].map((name, i) => ({ name, values: pattern(2000, 10 + i) }));
    for (let i = 700; i < 720; i++) columns[1]!.values[i]! += 2;
    const { stretches } = await findStrange({ columns });
    assert.equal(stretches.length, 1);
    const [first] = stretches[0]!.columns;
    assert.equal(first!.name, 'b');
    assert.ok(first!.share > 0.8, `share ${first!.share}`);
    const total = stretches[0]!.columns.reduce((sum, { share }) => sum + share, 0);
    assert.ok(Math.abs(total - 1) < 1e-6);
  });

  it('have the same scores again with the same seed', async () => {
    const data = seriesOf(withAnomalies());
    const [first, second] = [await findStrange(data), await findStrange(data)];
    assert.deepEqual(first.scores, second.scores);
  });

  it('do not depend on the unit of a column, from 1e-300 to 1e300', async () => {
    const values = withAnomalies();
    const expected = (await findStrange(seriesOf(values))).stretches.map(({ start }) => start);
    for (const factor of [1e-300, 1e9, 1e300]) {
      const scaled = values.map((value) => (value - 20) * factor);
      const { stretches } = await findStrange(seriesOf(scaled));
      assert.deepEqual(
        stretches.map(({ start }) => start),
        expected,
        `factor ${factor}`,
      );
    }
  });

  it('are found in rows that are not in the order of time', async () => {
    const values = withAnomalies();
    const times = Float64Array.from(values, (_, i) => i * 60_000);
    const sorted = await findStrange(seriesOf(values, { times }));
    const mixed = seriesOf(values.toReversed(), { times: times.toReversed() });
    const { stretches, notes } = await findStrange(mixed);
    assert.deepEqual(
      stretches.map(({ start, end }) => ({ start, end })),
      sorted.stretches.map(({ start, end }) => ({ start: 2999 - start, end: 2999 - end })),
    );
    assert.ok(notes.some((note) => note.includes('sorted by time')));
  });

  it('are found where values and rows are missing, and rows without a score are NaN', async () => {
    const values = withAnomalies();
    for (const i of [100, 101, 500, 1700, 1703]) values[i] = Number.NaN;
    for (let i = 1400; i < 1540; i++) values[i] = Number.NaN;
    const times = Float64Array.from(values, (_, i) => i * 60_000);
    const kept = [...values.keys()].filter((i) => i < 2200 || i >= 2230);
    const result = await findStrange(
      seriesOf(
        kept.map((i) => values[i]!),
        { times: kept.map((i) => times[i]!) },
      ),
    );
    assert.equal(result.stretches.length, 3, JSON.stringify(result.stretches));
    assert.ok(Number.isNaN(result.scores[1470]!), 'within the gap');
    assert.ok(!Number.isNaN(result.scores[500]!), 'at one missing value');
    assert.ok(result.notes.some((note) => note.includes('30 rows are missing')));
    assert.ok(result.notes.some((note) => note.includes('"value" 145')));
  });

  it('are found with a detector that was trained on normal data, saved and loaded', async () => {
    const normal = seriesOf(pattern(2000, 20));
    const data = seriesOf(withAnomalies());
    const trained = await findStrange(data, { normal });
    assert.equal(trained.stretches.length, 3);
    const detector = await readDetector(writeDetector(trained.detector));
    const loaded = await findStrange(data, { detector });
    assert.deepEqual(loaded.scores, trained.scores);
    assert.deepEqual(loaded.stretches, trained.stretches);
  });

  it('stop with the reason of the signal, and report progress up to 1', async () => {
    const data = seriesOf(withAnomalies());
    const reason = new Error('enough');
    await assert.rejects(findStrange(data, {}, { signal: AbortSignal.abort(reason) }), reason);
    const controller = new AbortController();
    const stopped = findStrange(
      data,
      {},
      { signal: controller.signal, onProgress: (done) => done > 0.3 && controller.abort(reason) },
    );
    await assert.rejects(stopped, reason);
    const reports: number[] = [];
    await findStrange(data, {}, { onProgress: (done) => reports.push(done) });
    assert.ok(reports.every((done, i) => i === 0 || done >= reports[i - 1]!));
    assert.equal(reports.at(-1), 1);
  });

  it('raise errors in plain words for data and options that cannot be used', async () => {
    const data = seriesOf(pattern(200, 1));
    const cases: [() => Promise<unknown>, RegExp][] = [
      [() => findStrange(seriesOf([1])), /at least one column whose numbers change/],
      [() => findStrange(seriesOf([1, 2])), /at least 64 rows, got 2/],
      [() => findStrange(seriesOf(new Float64Array(500))), /all values are equal: "value"/],
      [() => findStrange(seriesOf(new Float64Array(500).fill(Number.NaN))), /no values: "value"/],
      [() => findStrange(data, { columns: ['x'] }), /"columns" expected names of number columns \("value"\), got "x"/],
      [() => findStrange(data, { window: 3 }), /"window" expected integer 4\.\.1024, got 3/],
      [() => findStrange(data, { window: 100 }), /"window" expected at most 50, a quarter of the rows, got 100/],
      [() => findStrange(data, { falseAlarms: 0 }), /"falseAlarms" expected 0\.000001\.\.0\.1, got 0/],
    ];
    for (const [run, message] of cases) await assert.rejects(run, message);
    await assert.rejects(readDetector(new Uint8Array(20)), /no detector/);
  });
});

const folder = `${process.env.ISTHMUS_DATA ?? new URL('../../../shared/data', import.meta.url).pathname}/nab`;

describe('the strange stretches of NAB', { skip: !existsSync(folder) && 'no shared data' }, () => {
  const windows: Record<string, [string, string][]> = existsSync(folder)
    ? JSON.parse(readFileSync(`${folder}/combined_windows.json`, 'utf8'))
    : {};
  const timeOf = (text: string): number => Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);

  it('lie in at least 10 of 13 labeled windows, with at most 4 others', async () => {
    let found = 0;
    let others = 0;
    for (const [name, labels] of Object.entries(windows)) {
      const lines = readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n').slice(1);
      const rows = lines.map((line) => line.split(','));
      const times = rows.map(([time]) => timeOf(time!));
      const { stretches } = await findStrange(
        seriesOf(
          rows.map(([, value]) => Number(value)),
          { times },
        ),
        { falseAlarms: FALSE_ALARMS.series },
      );
      const overlaps = ({ start, end }: { start: number; end: number }, [from, to]: [string, string]): boolean =>
        times[end]! >= timeOf(from) && times[start]! <= timeOf(to);
      found += labels.filter((label) => stretches.some((stretch) => overlaps(stretch, label))).length;
      others += stretches.filter((stretch) => !labels.some((label) => overlaps(stretch, label))).length;
    }
    assert.ok(found >= 10, `${found} windows found`);
    assert.ok(others <= 4, `${others} others`);
  });
});
