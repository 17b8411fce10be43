// `npm run bench`: measures isthmus and its competitors in one run. Writes bench/results/; with `--write-docs` also
// bench/figures.json, docs/speed.md and the table of README.md.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { saveFigures, thisMachine } from './figures.ts';
import { type GemmRow, gemm } from './gemm.ts';
import { loadCompetitors } from './measure.ts';
import type { Context, Figures } from './part.ts';
import { missingOf } from './parts/workloads.ts';
import { parts } from './parts.ts';
import { writeDocs } from './speed-page.ts';
import { type Verdict, verdicts } from './targets.ts';
import type { Competitor } from './workloads.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
  },
});
const { only, json, quick, 'write-docs': withDocs } = values;
const names = parts.map(({ name }) => name);
if (only && !names.includes(only)) {
  console.error(`--only expected one of ${names.join(', ')}, got ${only}`);
  process.exit(2);
}
const rounds = quick ? 7 : 21;
const print = (line: string): void => (json ? console.error(line) : console.log(line));

function printVerdicts(rows: readonly Verdict[]): void {
  const width = Math.max(...rows.map(({ work }) => work.length)) + 2;
  print(`\n${'figure'.padEnd(width)}${'target'.padEnd(15)}measured`);
  for (const { work, limit, measured, met } of rows) {
    print(`${work.padEnd(width)}${limit.padEnd(15)}${measured.padEnd(12)}${met ? '' : '  missed'}`);
  }
}

let products: readonly GemmRow[] | undefined;
let competitors: Promise<readonly Competitor[]> | undefined;
const context: Context = {
  rounds,
  quick,
  print,
  products() {
    products ??= gemm(rounds);
    return products;
  },
  competitors() {
    competitors ??= loadCompetitors(print);
    return competitors;
  },
};

let figures: Figures = {};
const reports: Record<string, unknown> = {};
for (const part of parts) {
  if (only && part.name !== only) continue;
  const outcome = await part.run(context);
  figures = { ...figures, ...outcome.figures };
  reports[part.name] = outcome.report;
}
const asked = verdicts(figures);
if (asked.length) printVerdicts(asked);

const loaded = (await competitors) ?? [];
const versions = Object.fromEntries(loaded.map(({ name, version }) => [name, version]));
const machine = thisMachine();
const commit = execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' }).trim();
const report = { machine: { ...machine, memory: totalmem() }, versions, commit, parts: reports, figures, asked };
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
writeFileSync(new URL(`results/${only ?? 'all'}.json`, import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
if (withDocs) {
  saveFigures({ machine, versions, figures, missing: missingOf(reports) });
  await writeDocs();
}
if (json) console.log(JSON.stringify(report));
process.exit(0);
