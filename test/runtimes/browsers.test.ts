// Runs the suites in a page of Chromium, Firefox and WebKit.

import { chromium, firefox, inPage, type Launch, webkit } from './browser.ts';
import { everySuite } from './harness.ts';
import type { Outcome } from './inside/run.ts';

const all = (launch: Launch) => (): Promise<Outcome[]> =>
  inPage(launch, "import('/run.js').then((suites) => suites.all()).then(JSON.stringify)").then((text) =>
    JSON.parse(text),
  );

for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKit: webkit }))
  everySuite(name, missing, all(launch));
