// `npm test`: builds, lints and runs all tests. Arguments are the files or folders to test. The last line is
// `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installCompilers } from './apt.mjs';
import { installToolsFor, prepareFrameworks, prepareRuntimes } from './runtimes.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { positionals: paths } = parseArgs({ allowPositionals: true });
let passed = 0;
let failed = 0;
/** Tests that did not run or that may still fail, each with the reason. With CI=true they count as failed. */
const leftOut = [];

/** Runs a script of Node and counts it as one test. Gives true where it succeeds. */
function check(name, file, ...args) {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  const succeeded = status === 0;
  if (succeeded) passed++;
  else failed++;
  console.log(`${succeeded ? '✔' : '✖'} ${name}`);
  return succeeded;
}

/** The test files below the paths, or all of them. A folder node_modules can hold the tests of packages. */
function testFiles() {
  const patterns = paths.length
    ? paths.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`))
    : ['test/**/*.test.ts'];
  return globSync(patterns, { exclude: (path) => /(^|[\\/])node_modules$/.test(path) }).sort();
}

async function runTests(files) {
  installToolsFor(files);
  if (files.some((file) => /^test\/(c|docs)\//.test(file))) installCompilers();
  const inFrameworks = files.some((file) => /^test\/frameworks\//.test(file));
  if (inFrameworks || files.some((file) => /^test\/(runtimes|build|examples|worker|site)\//.test(file)))
    await prepareRuntimes();
  if (inFrameworks) prepareFrameworks();
  const tests = run({ files, concurrency: 2, timeout: 600_000 });
  tests.on('test:pass', ({ details, name, skip, todo }) => {
    if (skip !== undefined || todo !== undefined) leftOut.push(`${name} (${skip ?? todo})`);
    else if (details.type !== 'suite') passed++;
  });
  tests.on('test:fail', ({ details, name, todo }) => {
    if (todo !== undefined) leftOut.push(`${name} (${todo})`);
    else if (details.type !== 'suite') failed++;
  });
  await new Promise((resolve) => tests.compose(spec).on('end', resolve).pipe(process.stdout, { end: false }));
  if (files.length === 0) failed++;
}

const built = check('build', 'scripts/build.mjs');
if (built && paths.length === 0) {
  check('lint and format', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.');
  check('types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json');
}
if (built) await runTests(testFiles());
if (leftOut.length) console.log(`\nleft out on this machine:\n${leftOut.map((line) => `- ${line}`).join('\n')}`);
if (process.env.CI === 'true') failed += leftOut.length;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
