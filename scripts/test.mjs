// Builds, lints and runs all tests. Arguments are files or folders to test instead. Last line: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { prepareFrameworks, prepareRuntimes } from './runtimes.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;
/** Tests of what this machine lacks, with the reason. With CI=true they fail. */
const leftOut = [];

/** A command that must succeed, counted as one test. */
function check(name, file, ...args) {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status === 0) passed++;
  else failed++;
  console.log(status === 0 ? `✔ ${name}` : `✖ ${name}`);
  return status === 0;
}

const built = check('build', 'scripts/build.mjs');
if (built && wanted.length === 0) {
  check('lint and format', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.');
  check('types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json');
}
if (built) {
  const patterns = wanted.length
    ? wanted.flatMap((path) => (path.endsWith('.ts') ? [path] : [`${path}/**/*.test.ts`]))
    : ['test/**/*.test.ts'];
  // A folder `node_modules` may hold tests of others.
  const files = globSync(patterns, { exclude: (path) => /(^|[\\/])node_modules$/.test(path) }).sort();
  const inFrameworks = files.some((file) => /^test\/frameworks\//.test(file));
  if (inFrameworks || files.some((file) => /^test\/(runtimes|build|examples|worker)\//.test(file)))
    await prepareRuntimes();
  if (inFrameworks) prepareFrameworks();
  const tests = run({ files, concurrency: 2, timeout: 600_000 });
  tests.on('test:pass', ({ details, name, skip }) => {
    if (skip !== undefined) leftOut.push(`${name} (${skip})`);
    else if (details.type !== 'suite') passed++;
  });
  tests.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') failed++;
  });
  await new Promise((resolve) => tests.compose(spec).on('end', resolve).pipe(process.stdout, { end: false }));
  if (files.length === 0) failed++;
}
if (leftOut.length) console.log(`\nleft out on this machine:\n${leftOut.map((line) => `- ${line}`).join('\n')}`);
if (process.env.CI === 'true') failed += leftOut.length;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
