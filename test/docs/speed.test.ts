// docs/speed.md, its picture and the table of speed in README.md are those of bench/figures.json. No test measures a time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readFigures, type SavedFigures } from '../../bench/figures.ts';
import { reasons } from '../../bench/reasons.ts';
import { chartPoints } from '../../bench/speed-chart.ts';
import { comparison, readmeTable, speedPage, unaligned, unexplained } from '../../bench/speed-page.ts';
import { formatFigure, formatLimit, isMet, sections, type Target, targets } from '../../bench/targets.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const saved = readFigures();
const rows = sections.flatMap((section) => section.targets);
const withFigure = (figure: string, value: number): SavedFigures => ({
  ...saved,
  figures: { ...saved.figures, [figure]: value },
});

describe('docs/speed.md', () => {
  it('is the page of bench/figures.json', () => {
    assert.equal(read('docs/speed.md'), speedPage(saved));
    assert.notEqual(speedPage(withFigure('encode-one', 1234)), speedPage(saved));
  });

  it('has a row for each target, with the limit and the figure', () => {
    const page = read('docs/speed.md').split('\n');
    for (const target of rows) {
      const found = page.filter((line) => line.startsWith(`| ${target.work} |`));
      assert.equal(found.length, 1, target.work);
      const figure = saved.figures[target.figure];
      assert.ok(found[0]!.includes(`| ${formatLimit(target)} |`));
      assert.ok(found[0]!.includes(figure === undefined ? 'not measured' : formatFigure(target, figure)));
    }
  });

  it('has a picture whose rows are the figures with a limit', () => {
    const picture = read('docs/speed.svg');
    const points = chartPoints(saved);
    assert.ok(points.length > 5);
    for (const { work } of points) assert.ok(picture.includes(work), work);
  });

  it('gives reasons only for figures that it has', () => {
    const names = rows.map(({ figure }) => figure);
    assert.deepEqual(
      Object.keys(reasons).filter((figure) => !names.includes(figure)),
      [],
    );
  });

  it('would name a missed figure without a reason', () => {
    const missed = withFigure('encode-one', 1234);
    assert.ok(unexplained(missed, {}).includes('encode-one'));
    assert.ok(!unexplained(missed, { 'encode-one': 'because' }).includes('encode-one'));
    assert.ok(!unexplained(withFigure('encode-one', 1), {}).includes('encode-one'));
  });
});

describe('the table of speed in README.md', () => {
  it('has the figures of docs/speed.md', () => {
    assert.equal(unaligned(readmeTable(read('README.md'))), comparison(saved));
    assert.ok(speedPage(saved).includes(comparison(saved)));
  });
});

describe('targets', () => {
  it('have one name each, and at most one limit', () => {
    assert.equal(new Set(targets.map(({ figure }) => figure)).size, targets.length);
    for (const { atLeast, atMost } of targets) assert.ok(atLeast === undefined || atMost === undefined);
  });

  it('judge a list by its worst value', () => {
    const target: Target = { figure: 'f', work: 'w', unit: '×' };
    assert.equal(isMet({ ...target, atLeast: 1 }, [2, 1]), true);
    assert.equal(isMet({ ...target, atLeast: 1 }, [2, 0.99]), false);
    assert.equal(isMet({ ...target, atMost: 1 }, [1.01, 0.5]), false);
    assert.equal(isMet(target, 3), undefined);
  });

  it('print figures with three digits, lists in order, and ranges', () => {
    const target: Target = { figure: 'f', work: 'w', unit: '×' };
    assert.equal(formatFigure(target, [0.314, 12.34, 1300.4]), '0.31, 12.3, 1,300 ×');
    assert.equal(formatFigure({ ...target, unit: '%', range: true, decimals: 0 }, [60, 57.1, 76.3]), '57 to 76 %');
    assert.equal(formatFigure({ ...target, unit: '' }, 0), '0');
  });
});
