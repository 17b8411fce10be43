// Test runners, type checkers and linters with their default settings.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe } from 'node:test';
import { needing } from '../runtimes/harness.ts';
import { folder, lacking, run, tool } from './harness.ts';

/** Jest of today, and the one of react-scripts 5, which reads no `exports`: environments by name, found beside each. */
const jests = {
  'Jest 30': { file: 'jest/bin/jest.js', environments: 'jest-environment' },
  'Jest 27, of react-scripts 5': { file: 'jest27/bin/jest.js', environments: 'jest27/node_modules/jest-environment' },
};

for (const [name, { file, environments }] of Object.entries(jests))
  describe(name, () => {
    for (const environment of ['node', 'jsdom'])
      needing(lacking(file), `trains and uses a model, under fake timers too: ${environment}`, () => {
        const flags = ['--rootDir', '.', '--env', tool(`${environments}-${environment}`)];
        assert.match(run(join(folder, 'jest'), tool(file), ...flags), /Tests: +4 passed, 4 total/);
      });
  });

describe('fake timers', () => {
  for (const environment of ['node', 'jsdom'])
    needing(lacking('vitest'), `of Vitest stand still, and fit and denoiseImage do not: ${environment}`, () => {
      const printed = run(join(folder, 'vitest'), tool('vitest/vitest.mjs'), 'run', '--environment', environment);
      assert.match(printed, /Tests +2 passed \(2\)/);
    });

  for (const when of ['before', 'after'])
    needing(lacking('sinon'), `of Sinon as well, installed ${when} the package is imported`, () => {
      assert.equal(run(folder, join(folder, 'sinon/main.js'), when), '100\n100\n');
    });
});

describe('TypeScript', () => {
  for (const [module, resolution] of [
    ['commonjs', 'node10'],
    ['node16', 'node16'],
  ] as const)
    needing(lacking('typescript'), `compiles to CommonJS that runs: ${module}, ${resolution}`, () => {
      const flags = ['--module', module, '--moduleResolution', resolution];
      run(join(folder, 'typescript'), tool('typescript/bin/tsc'), '-p', '.', ...flags);
      const printed = run(folder, join(folder, 'typescript/dist/main.js'));
      assert.equal(printed, '[3,22,"function","function"]\n');
    });
});

describe('ESLint', () => {
  needing(lacking('eslint'), 'finds every subpath: import/no-unresolved', () => {
    assert.equal(run(join(folder, 'eslint'), tool('eslint/bin/eslint.js'), 'main.js'), '');
  });
});
