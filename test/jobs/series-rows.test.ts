// Strange rows of tables.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findStrange, readDetector, writeDetector } from '../../jobs/series/index.ts';
import { normalNumbers } from '../../tools/random.ts';

/** Rows with four columns of different units, the last two of which depend on the first two. */
function table(rows: number, seed: number) {
  const normal = normalNumbers(seed);
  const [a, b, c, d] = [0, 1, 2, 3].map(() => new Float64Array(rows)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < rows; i++) {
    a[i] = normal();
    b[i] = 1000 * normal();
    c[i] = a[i]! + b[i]! / 1000 + 0.1 * normal();
    d[i] = 1e-3 * (a[i]! - b[i]! / 1000 + 0.1 * normal());
  }
  return { columns: [a, b, c, d].map((values, i) => ({ name: 'abcd'[i]!, values })) };
}

describe('the strange rows of a table', () => {
  it('are those that do not follow the relation of the columns', async () => {
    const data = table(1000, 1);
    // Each value is usual in its column.
    data.columns[2]!.values[100] = -1.5 * Math.sign(data.columns[0]!.values[100]!);
    data.columns[3]!.values[700]! += 4e-3;
    const { stretches, window, threshold } = await findStrange(data, { rows: true });
    assert.deepEqual([window, threshold], [1, 1]);
    const rows = stretches.map(({ start }) => start);
    assert.ok(rows.includes(700), String(rows));
    assert.ok(rows.length <= 10, String(rows));
    const { score, columns } = stretches.find(({ start }) => start === 700)!;
    assert.ok(score > 1.5);
    assert.equal(columns[0]!.name, 'd');
  });

  it('of normal data are flagged at most at about the rate that is asked for', async () => {
    const normal = table(2000, 2);
    const { scores } = await findStrange(table(4000, 3), { rows: true, normal, falseAlarms: 0.02 });
    const share = scores.filter((score) => score > 1).length / scores.length;
    assert.ok(share > 0.01 && share < 0.03, String(share));
  });

  it('may lack values: the row has a score unless all are missing', async () => {
    const data = table(500, 4);
    data.columns[1]!.values[7] = Number.NaN;
    for (const { values } of data.columns) values[8] = Number.NaN;
    const { scores, notes } = await findStrange(data, { rows: true });
    assert.ok(scores[7]! > 0);
    assert.ok(Number.isNaN(scores[8]));
    assert.ok(notes.some((note) => note.includes('"b" 2')));
  });

  it('are the same with a saved detector', async () => {
    const normal = table(500, 5);
    const data = table(300, 6);
    const trained = await findStrange(data, { rows: true, normal });
    const detector = await readDetector(writeDetector(trained.detector));
    assert.deepEqual((await findStrange(data, { detector })).scores, trained.scores);
  });

  it('raise an error for too few rows', async () => {
    await assert.rejects(findStrange(table(20, 1), { rows: true }), /at least 32 rows, got 20/);
  });
});
