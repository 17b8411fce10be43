// The bundle carries the licences of the libraries in it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('dist/cli.js.LEGAL.txt has the licence of each library of the command line', () => {
  const licences = file('dist/cli.js.LEGAL.txt');
  // The libraries that cli/ and jobs/ import, which the bundle therefore contains.
  const libraries = [
    'commander',
    'papaparse',
    'hyparquet',
    'jpeg-js',
    'fast-png',
    'exifreader',
    'wavefile',
    'fflate',
    'cli-progress',
    'd3-scale',
  ];
  for (const name of libraries) {
    const { version, license } = JSON.parse(file(`node_modules/${name}/package.json`));
    assert.ok(licences.includes(`\n${name} ${version}, ${license}\n`), name);
  }
  // A line of a licence text, and the source of the library whose licence asks for it.
  assert.match(licences, /THE SOFTWARE IS PROVIDED "AS IS"/);
  assert.match(licences, /exifreader [\d.]+, MPL-2\.0\nSource: .*github/);
});
