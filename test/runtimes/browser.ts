// Browsers of this machine or of Playwright, with one interface.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
// @ts-expect-error a script without types
import * as browsers from '../../scripts/browsers.mjs';
import { absent, project, tool } from './harness.ts';
import { page, serve } from './site.ts';

/** A page. `evaluate` returns the text that an expression resolves to. */
export interface Tab {
  /** Errors of the console and uncaught errors. WebKitGTK does not report them. */
  readonly errors: readonly string[];
  open(url: string): Promise<void>;
  evaluate(expression: string): Promise<string>;
  /** Scrolls to the element of a CSS selector and clicks its middle. */
  click(selector: string): Promise<void>;
  /** Presses keys one after the other on the focused element: characters, or names such as `ArrowLeft`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Moves the pressed pointer over an element, through points in fractions of its width and height. */
  drag(selector: string, points: readonly { readonly x: number; readonly y: number }[]): Promise<void>;
  /** Sets the preferences of the user that a style sheet can read. Undefined where the browser's driver cannot. */
  readonly prefer?: (preferences: {
    readonly colorScheme?: 'light' | 'dark';
    readonly reducedMotion?: 'reduce' | 'no-preference';
  }) => Promise<void>;
  /** Sets the size of the page. */
  resize(width: number, height: number): Promise<void>;
  /** A picture of the whole page, as PNG. */
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
}
export type Launch = () => Promise<Tab>;
export interface Browser {
  /** The reason why the browser is missing; undefined if it is installed. */
  readonly missing: string | undefined;
  readonly launch: Launch;
}

const require = createRequire(tool(''));
const system: {
  readonly chromium?: string;
  readonly firefox?: string;
  readonly webkit?: { readonly driver: string; readonly mini: string };
} = browsers.systemBrowsers();
const minutes = 10;

/** A browser by Playwright: the system's, or Playwright's own. */
function playwright(name: 'chromium' | 'firefox' | 'webkit', path?: string, options?: object): Browser {
  const library = browsers.playwright();
  return {
    missing: !library ? absent : path || browsers.hasOwn(name) ? undefined : `no ${name}`,
    async launch() {
      const browser = await library[name].launch(path ? { executablePath: path, ...options } : {});
      const tab = await browser.newPage();
      tab.setDefaultTimeout(minutes * 60_000);
      const errors: string[] = [];
      tab.on('pageerror', (error: Error) => errors.push(String(error)));
      tab.on('console', (message: { type(): string; text(): string }) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      return {
        errors,
        open: (url) => tab.goto(url),
        evaluate: (expression) => tab.evaluate(expression),
        click: (selector) => tab.click(selector),
        async press(...keys) {
          for (const key of keys) await tab.keyboard.press(key === ' ' ? 'Space' : key);
        },
        async drag(selector, points) {
          const element = tab.locator(selector);
          await element.scrollIntoViewIfNeeded();
          const box = await element.boundingBox();
          for (const [i, { x, y }] of points.entries()) {
            await tab.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
            if (i === 0) await tab.mouse.down();
          }
          await tab.mouse.up();
        },
        resize: (width, height) => tab.setViewportSize({ width, height }),
        ...(name === 'chromium' && { prefer: (preferences) => tab.emulateMedia(preferences) }),
        screenshot: (file) => tab.screenshot({ path: file, fullPage: true }),
        close: () => browser.close(),
      };
    },
  };
}

export const chromium = playwright('chromium', system.chromium, { args: ['--no-sandbox'] });
export const firefox = playwright('firefox', system.firefox, { channel: 'moz-firefox' });

/** WebKitGTK by WebDriver, on a virtual screen. */
async function launchWebKit({ driver, mini }: { driver: string; mini: string }): Promise<Tab> {
  const { Builder, By, Capabilities, Key } = require('selenium-webdriver');
  const port = 20_000 + (process.pid % 20_000);
  const server: ChildProcess = spawn('xvfb-run', ['-a', driver, `--port=${port}`, '--host=127.0.0.1'], {
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
        errors: [],
        open: (url) => session.get(url),
        async evaluate(expression) {
          const script = `const done = arguments[arguments.length - 1];
            Promise.resolve(${expression}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
          const { value, error } = await session.executeAsyncScript(script);
          if (error) throw new Error(error);
          return value;
        },
        async click(selector) {
          const element = await session.findElement(By.css(selector));
          await session.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
          await element.click();
        },
        async press(...keys) {
          // `ArrowLeft` is ARROW_LEFT in Selenium.
          const codeOf = (key: string): string => Key[key.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()] ?? key;
          for (const key of keys)
            await session
              .actions()
              .sendKeys(key.length > 1 ? codeOf(key) : key)
              .perform();
        },
        async drag(selector, points) {
          const origin = await session.findElement(By.css(selector));
          await session.executeScript("arguments[0].scrollIntoView({ block: 'center' })", origin);
          const { width, height } = await origin.getRect();
          const actions = session.actions();
          for (const [i, { x, y }] of points.entries()) {
            // Offsets count from the middle of the element.
            const offset = { x: Math.round((x - 0.5) * width), y: Math.round((y - 0.5) * height) };
            actions.move({ origin, duration: 50, ...offset });
            if (i === 0) actions.press();
          }
          await actions.release().perform();
        },
        async resize(width, height) {
          await session.manage().window().setRect({ x: 0, y: 0, width, height });
        },
        async screenshot(path) {
          writeFileSync(path, await session.takeScreenshot(), 'base64');
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

const { webkit: gtk } = system;
export const webkit: Browser = gtk
  ? { missing: existsSync(tool('selenium-webdriver')) ? undefined : absent, launch: () => launchWebKit(gtk) }
  : playwright('webkit');

/** The text that an expression resolves to in a page that can import the package. */
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
