// Finds the browsers for the tests: those of the system, otherwise those that Playwright has downloaded. Missing ones are
// installed: from Debian where apt-get and root are available, otherwise by Playwright.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { installDebianPackages } from './apt.mjs';

const playwrightFolder = fileURLToPath(
  new URL('../test/runtimes/tools/node_modules/playwright-core/', import.meta.url),
);
const firstExisting = (...paths) => paths.find((path) => existsSync(path));

/** The browsers of the system: the path of the program; for WebKit, the paths of its driver and of its browser. */
export function systemBrowsers() {
  const driver = firstExisting('/usr/bin/WebKitWebDriver');
  const machines = ['x86_64', 'aarch64'];
  const mini = firstExisting(...machines.map((name) => `/usr/lib/${name}-linux-gnu/webkit2gtk-4.1/MiniBrowser`));
  return {
    chromium: firstExisting('/usr/bin/chromium', '/usr/bin/google-chrome'),
    firefox: firstExisting('/usr/bin/firefox-esr', '/usr/bin/firefox'),
    webkit: driver && mini && firstExisting('/usr/bin/xvfb-run') ? { driver, mini } : undefined,
  };
}

/** The module of Playwright; undefined where it is not installed. */
export const playwright = () =>
  existsSync(playwrightFolder) ? createRequire(playwrightFolder)('playwright-core') : undefined;

/** True where Playwright has downloaded the browser. */
export const hasOwn = (name) => existsSync(playwright()?.[name].executablePath() ?? '');

const missingBrowsers = () =>
  Object.entries(systemBrowsers()).flatMap(([name, system]) => (system || hasOwn(name) ? [] : [name]));

function installWithApt() {
  const packages = { chromium: ['chromium'], firefox: ['firefox-esr'], webkit: ['webkit2gtk-driver', 'xvfb'] };
  const wanted = missingBrowsers().flatMap((name) => packages[name]);
  installDebianPackages(wanted);
}

function installWithPlaywright() {
  const wanted = missingBrowsers();
  if (wanted.length === 0 || !playwright()) return;
  console.log(`installing ${wanted.join(', ')}: npx playwright-core install`);
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000', ...process.env };
  // One command for each, so that a failure of one does not stop the others.
  for (const name of wanted) {
    const command = [`${playwrightFolder}cli.js`, 'install', name];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      env,
      encoding: 'utf8',
      timeout: 600_000,
    });
    const [reason = 'no answer'] = (stderr + stdout).match(/^Error: .*$/m) ?? [];
    if (status !== 0) console.log(`no ${name}: ${reason}`);
  }
}

export function installBrowsers() {
  installWithApt();
  installWithPlaywright();
}
