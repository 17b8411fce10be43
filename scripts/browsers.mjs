// The browsers that tests can drive: the system's, else those that Playwright has downloaded. What is missing is
// installed: Debian's where apt-get and root are there, Playwright's where they are not.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const core = fileURLToPath(new URL('../test/runtimes/tools/node_modules/playwright-core/', import.meta.url));
const found = (...paths) => paths.find((path) => existsSync(path));

/** The system's own, by name: the path of the program, of WebKit that of its driver and of the browser that it starts. */
export function systemBrowsers() {
  const driver = found('/usr/bin/WebKitWebDriver');
  const machines = ['x86_64', 'aarch64'];
  const mini = found(...machines.map((name) => `/usr/lib/${name}-linux-gnu/webkit2gtk-4.1/MiniBrowser`));
  return {
    chromium: found('/usr/bin/chromium', '/usr/bin/google-chrome'),
    firefox: found('/usr/bin/firefox-esr', '/usr/bin/firefox'),
    webkit: driver && mini && found('/usr/bin/xvfb-run') ? { driver, mini } : undefined,
  };
}

/** Playwright, where it is installed. */
export const playwright = () => (existsSync(core) ? createRequire(core)('playwright-core') : undefined);

/** Whether Playwright has downloaded that browser. */
export const hasOwn = (name) => existsSync(playwright()?.[name].executablePath() ?? '');

const missing = () =>
  Object.entries(systemBrowsers()).flatMap(([name, system]) => (system || hasOwn(name) ? [] : [name]));

function debian() {
  const packages = { chromium: ['chromium'], firefox: ['firefox-esr'], webkit: ['webkit2gtk-driver', 'xvfb'] };
  const wanted = missing().flatMap((name) => packages[name]);
  const apt = (...args) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
  };
  if (wanted.length === 0 || process.platform !== 'linux' || process.getuid() !== 0 || apt('--version').error) return;
  console.log(`installing ${wanted.join(', ')}: apt-get`);
  apt('update');
  const { status, stderr } = apt('install', '-y', '--no-install-recommends', ...wanted);
  if (status !== 0) console.log(stderr);
}

function downloads() {
  const wanted = missing();
  if (wanted.length === 0 || !playwright()) return;
  console.log(`installing ${wanted.join(', ')}: npx playwright-core install`);
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000', ...process.env };
  // One by one: what one lacks is not the others' loss.
  for (const name of wanted) {
    const command = [`${core}cli.js`, 'install', name];
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
  debian();
  downloads();
}
