// The suites in Node, over the built package.
import { describe, it } from 'node:test';
import * as isthmus from 'isthmus';
import { suites } from '../suites/index.ts';

for (const [name, suite] of Object.entries(suites)) {
  describe(name, () => {
    for (const [title, body] of Object.entries(suite)) it(title, () => body(isthmus) as Promise<void>);
  });
}
