// Training with threads in every runtime: the same bits, and workers take part where memory can be shared.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { chromium, firefox, type Launch, webkit } from './browser.ts';
import { lacking, needing, printed, project, tool } from './harness.ts';
import type { Report } from './inside/threads.ts';
import { isolated, page, serve } from './site.ts';

function check({ digests, shares, warnings }: Report, divides: boolean): void {
  assert.equal(new Set(digests).size, 1, `weights differ: ${digests}`);
  if (divides) {
    assert.deepEqual(warnings, []);
    assert.ok(shares > 0, 'no worker took a share');
  } else {
    assert.equal(shares, 0);
    assert.match(warnings.join(), /fewer threads than 3/);
  }
}

/** The report of a page that is served with some headers. */
async function inPage(launch: Launch, headers: Readonly<Record<string, string>>): Promise<Report> {
  const site = await serve(project, { '/': page }, undefined, headers);
  try {
    const tab = await launch();
    try {
      await tab.open(site.url);
      return JSON.parse(
        await tab.evaluate("import('/threads.js').then(({ report }) => report()).then(JSON.stringify)"),
      );
    } finally {
      await tab.close();
    }
  } finally {
    site.close();
  }
}

describe('training with threads', () => {
  const commands = {
    'Node 22': ['node22/bin/node'],
    'Node 26': [],
    Deno: ['.bin/deno', 'run', '--quiet', '--no-prompt'],
    Bun: ['.bin/bun', 'run'],
  };
  for (const [name, [path, ...args]] of Object.entries(commands))
    needing(path && lacking(path), `divides the work in ${name}`, async () => {
      const [report] = await printed<Report>(path ? tool(path) : process.execPath, ...args, 'print-threads.js');
      check(report!, true);
    });

  for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox })) {
    needing(missing, `divides the work in an isolated page of ${name}`, async () => {
      check(await inPage(launch, isolated), true);
    });
  }
  for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKit: webkit })) {
    needing(missing, `is one thread in another page of ${name}`, async () => {
      check(await inPage(launch, {}), false);
    });
  }
});
