// Bundlers that do not read package.json as Node does.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { createContext, Script } from 'node:vm';
import { chromium } from '../runtimes/browser.ts';
import { needing } from '../runtimes/harness.ts';
import { serve } from '../runtimes/site.ts';
import { folder, lacking, out, run, tool } from './harness.ts';

/** Settings that Parcel finds at the root of a project. */
const settings = { 'as it comes': {}, 'with packageExports': { '@parcel/resolver-default': { packageExports: true } } };

describe('Parcel', () => {
  for (const [name, setting] of Object.entries(settings))
    needing(
      lacking('parcel') ?? chromium.missing,
      `builds a page that trains, and spawns a worker: ${name}`,
      async () => {
        const root = join(out, `parcel-${Object.keys(setting).length}`);
        rmSync(root, { recursive: true, force: true });
        cpSync(join(folder, 'parcel'), root, { recursive: true });
        symlinkSync(tool(''), join(root, 'node_modules'), 'junction');
        writeFileSync(join(root, 'package.json'), JSON.stringify({ private: true, ...setting }));
        writeFileSync(join(root, 'package-lock.json'), '{}');
        run(root, tool('parcel/lib/bin.js'), 'build', 'index.html', '--no-source-maps');
        const site = await serve(join(root, 'dist'));
        const tab = await chromium.launch();
        try {
          await tab.open(`${site.url}index.html`);
          assert.equal(await tab.evaluate('outcome'), '[3,22,22]');
        } finally {
          await tab.close();
          site.close();
        }
      },
    );
});

describe('Metro', () => {
  for (const platform of ['web', 'ios'])
    needing(lacking('metro'), `builds a script that has isthmus/worker in it, and trains: ${platform}`, async () => {
      const file = join(out, `metro-${platform}.js`);
      const flags = ['--config', 'metro.config.js', '--platform', platform, '--minify', 'false', '--out', file];
      run(join(folder, 'metro'), tool('metro/src/cli.js'), 'build', 'main.js', ...flags);
      const realm = createContext({ MessageChannel, console, performance, setTimeout });
      // Code with `import.meta` is a SyntaxError in a script.
      new Script(readFileSync(file, 'utf8')).runInContext(realm);
      assert.equal(String(await new Script('outcome').runInContext(realm)), '3,function');
    });
});
