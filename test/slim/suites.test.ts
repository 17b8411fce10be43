// Runs all suites on isthmus/slim, whose kernels are read from files when a model first needs them.
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as slim from 'isthmus/slim';
import { suites } from '../suites/index.ts';
import { withDefaults } from './with-defaults.ts';

const isthmus = withDefaults(
  slim,
  await slim.load((file) => readFile(fileURLToPath(import.meta.resolve(`isthmus/wasm/${file}`)))),
);

for (const [name, suite] of Object.entries(suites)) {
  describe(`slim: ${name}`, () => {
    for (const [title, body] of Object.entries(suite)) it(title, () => body(isthmus) as Promise<void>);
  });
}
