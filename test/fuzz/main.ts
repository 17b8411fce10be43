// npm run fuzz: a million mutants; -- --mutants N --seed N. Exits with 1 at a mutant that gives neither a result nor a FormatError.

import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: { mutants: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const begin = performance.now();
const tally = await fuzz(Number(values.mutants), Number(values.seed), ({ mutants }) =>
  console.error(`${mutants} mutants`),
);
const seconds = ((performance.now() - begin) / 1000).toFixed(0);
console.log(
  `${tally.mutants} mutants of seed ${values.seed} in ${seconds} s: ${tally.results} results, errors`,
  tally.errors,
);
