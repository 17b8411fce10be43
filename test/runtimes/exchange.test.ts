// Data compressed in one runtime is decompressed in all others with the same bits: each runtime writes a codec's file and bytes of
// every mode, and reads those of all runtimes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, firefox, type Tab, webkit } from './browser.ts';
import { lacking, needing, printed, project, tool } from './harness.ts';
import type { Parcels } from './inside/exchange.ts';
import { page, type Site, serve } from './site.ts';
import { missing, startWorker, type Worker } from './workerd.ts';

type Found = Record<string, Record<string, string>>;
interface Runtime {
  readonly missing: string | undefined;
  start?(): Promise<void>;
  make(): Promise<Parcels>;
  read(made: Record<string, Parcels>): Promise<Found>;
  stop?(): Promise<void>;
}

/** A program, and the reason why it cannot run; undefined if it can. */
function command(program: string, missing: string | undefined, ...args: string[]): Runtime {
  const run = async <T>(file: string): Promise<T> => (await printed<T>(program, ...args, file))[0]!;
  return { missing, make: () => run('exchange-make.js'), read: () => run('exchange-read.js') };
}

const fromTools = (path: string, ...args: string[]): Runtime => command(tool(path), lacking(path), ...args);

let site: Site;
function inBrowser({ missing, launch }: Browser): Runtime {
  let tab: Tab;
  const ask = async <T>(call: string): Promise<T> =>
    JSON.parse(await tab.evaluate(`import('/exchange.js').then((it) => it.${call}).then(JSON.stringify)`)) as T;
  return {
    missing,
    async start() {
      tab = await launch();
      await tab.open(site.url);
    },
    make: () => ask('make()'),
    read: (made) => ask(`read(${JSON.stringify(made)})`),
    stop: async () => tab?.close(),
  };
}

function inWorker(): Runtime {
  let worker: Worker;
  return {
    missing,
    async start() {
      worker = await startWorker('exchange-worker.js');
    },
    make: async () => (await worker.fetch('/')).json() as Promise<Parcels>,
    read: async (made) =>
      (await worker.fetch('/', { method: 'POST', body: JSON.stringify(made) })).json() as Promise<Found>,
    stop: async () => worker?.stop(),
  };
}

const runtimes: Readonly<Record<string, Runtime>> = {
  Chromium: inBrowser(chromium),
  Firefox: inBrowser(firefox),
  WebKit: inBrowser(webkit),
  workerd: inWorker(),
  'Node 20': fromTools('node20/bin/node'),
  'Node 22': fromTools('node22/bin/node'),
  'Node 24': fromTools('node24/bin/node'),
  'Node 26': command(process.execPath, undefined),
  Deno: fromTools('.bin/deno', 'run', '--quiet', '--no-prompt'),
  Bun: fromTools('.bin/bun', 'run'),
};
const present = Object.entries(runtimes).filter(([, { missing }]) => !missing);

describe('compressed in one runtime', () => {
  const made: Record<string, Parcels> = {};
  const failures: Record<string, unknown> = {};
  before(async () => {
    site = await serve(project, { '/': page });
    for (const [name, runtime] of present) {
      try {
        await runtime.start?.();
        made[name] = await runtime.make();
      } catch (error) {
        failures[name] = error;
      }
    }
    writeFileSync(`${project}parcels.js`, `export default ${JSON.stringify(made)};`);
  });
  after(async () => {
    for (const [, runtime] of present) await runtime.stop?.();
    site.close();
  });

  it('has the same bytes as in every other runtime', () => {
    assert.ok(Object.keys(made).length > 1, `${Object.keys(made)}`);
    const [[first, parcels]] = Object.entries(made) as [[string, Parcels]];
    assert.deepEqual(Object.keys(parcels), ['plain', 'bounded', 'lossless']);
    for (const [name, others] of Object.entries(made)) assert.deepEqual(others, parcels, `${name} and ${first}`);
  });

  for (const [name, { missing, read }] of Object.entries(runtimes))
    needing(missing, `is decompressed in ${name}`, async () => {
      if (failures[name]) throw failures[name];
      const expected = Object.entries(made).map(([maker, parcels]) => {
        return [maker, Object.fromEntries(Object.entries(parcels).map(([mode, { values }]) => [mode, values]))];
      });
      assert.equal(expected.length, present.length - Object.keys(failures).length);
      assert.deepEqual(await read(made), Object.fromEntries(expected));
    });
});
