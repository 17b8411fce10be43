// Runs the suites in Node on the built package. Asserts that no test prints a warning, as other runtimes must have an empty
// stderr.
import { describe, it } from 'node:test';
import * as isthmus from 'isthmus';
import { equal, warnings } from '../suites/assert.ts';
import { suites } from '../suites/index.ts';

for (const [name, suite] of Object.entries(suites)) {
  describe(name, () => {
    for (const [title, body] of Object.entries(suite))
      it(title, async () => equal(await warnings(() => body(isthmus)), [], 'warnings'));
  });
}
