// The suites in Node, over the built package. No test prints a warning: other runtimes must have an empty stderr.
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
