// Browsers of this machine, or Playwright's where it has downloaded them, each behind one function.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { found, project, tool } from './harness.ts';
import { page, serve } from './site.ts';

/** A page: `evaluate` awaits an expression that gives text. */
export interface Tab {
  open(url: string): Promise<void>;
  evaluate(expression: string): Promise<string>;
  close(): Promise<void>;
}
export type Launch = () => Promise<Tab>;
export interface Browser {
  /** What is not here, if anything. */
  readonly missing: string | undefined;
  readonly launch: Launch;
}

const require = createRequire(tool(''));
const absent = 'npm ci --prefix test/runtimes/tools did not succeed';
const minutes = 10;

/** Chromium and Firefox by Playwright. */
function playwright(name: 'chromium' | 'firefox', path: string | undefined, options: object): Browser {
  const installed = existsSync(tool('playwright-core'));
  const library = installed ? require('playwright-core') : undefined;
  const own = library && existsSync(library[name].executablePath());
  return {
    missing: !installed ? absent : path || own ? undefined : `no ${name}`,
    async launch() {
      const browser = await library[name].launch(path ? { executablePath: path, ...options } : {});
      const tab = await browser.newPage();
      tab.setDefaultTimeout(minutes * 60_000);
      return {
        open: (url) => tab.goto(url),
        evaluate: (expression) => tab.evaluate(expression),
        close: () => browser.close(),
      };
    },
  };
}

export const chromium = playwright('chromium', found('/usr/bin/chromium', '/usr/bin/google-chrome'), {
  args: ['--no-sandbox'],
});
export const firefox = playwright('firefox', found('/usr/bin/firefox-esr', '/usr/bin/firefox'), {
  channel: 'moz-firefox',
});

const driver = found('/usr/bin/WebKitWebDriver');
const mini = found(
  ...['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`),
);

/** WebKitGTK by WebDriver, on a screen that nobody sees. */
async function launchWebKit(): Promise<Tab> {
  const { Builder, Capabilities } = require('selenium-webdriver');
  const port = 20_000 + (process.pid % 20_000);
  const server: ChildProcess = spawn('xvfb-run', ['-a', driver!, `--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    detached: true,
  });
  const stop = (): void => {
    if (server.pid) process.kill(-server.pid);
  };
  const wanted = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: mini, args: ['--automation'] },
  });
  for (let tries = 0; ; tries++) {
    try {
      const session = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(wanted).build();
      await session.manage().setTimeouts({ script: minutes * 60_000 });
      return {
        open: (url) => session.get(url),
        async evaluate(expression) {
          const script = `const done = arguments[arguments.length - 1];
            Promise.resolve(${expression}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
          const { value, error } = await session.executeAsyncScript(script);
          if (error) throw new Error(error);
          return value;
        },
        async close() {
          await session.quit();
          stop();
        },
      };
    } catch (error) {
      if (tries < 50 && /ECONNREFUSED/.test(String(error))) await new Promise((resolve) => setTimeout(resolve, 200));
      else {
        stop();
        throw error;
      }
    }
  }
}

export const webkit: Browser = {
  missing: !existsSync(tool('selenium-webdriver')) ? absent : driver && mini ? undefined : 'no WebKitWebDriver',
  launch: launchWebKit,
};

/** The text that an expression gives in a page which can import the package. */
export async function inPage(launch: Launch, expression: string, policy?: string): Promise<string> {
  const site = await serve(project, { '/': page }, policy);
  try {
    const tab = await launch();
    try {
      await tab.open(site.url);
      return await tab.evaluate(expression);
    } finally {
      await tab.close();
    }
  } finally {
    site.close();
  }
}
