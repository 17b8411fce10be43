// Builds the playground, serves it below a path, and opens it in a browser.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Tab } from '../runtimes/browser.ts';
import { type Site, serve } from '../runtimes/site.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${root}site/playground/`;
const vite = `${folder}node_modules/vite/bin/vite.js`;

/** Pictures of the pages. */
export const screenshots = `${root}build/screenshots/`;
mkdirSync(screenshots, { recursive: true });

/** Why a browser cannot open the playground; undefined if it can. */
export const lacking = ({ missing }: Browser): string | undefined =>
  missing ?? (existsSync(vite) ? undefined : 'npm ci --prefix site/playground did not succeed');

/** The folder below which the playground is served: addresses in the site must be relative. */
const base = 'some/path/';

/** Records errors in the page itself: the driver of WebKit does not report them. Survives a change of the address. */
const recorder = `
  const record = (text) => sessionStorage.setItem('errors', (sessionStorage.getItem('errors') ?? '') + text + '\\n');
  addEventListener('error', ({ message }) => record(message));
  addEventListener('unhandledrejection', ({ reason }) => record(reason));
  const original = console.error;
  console.error = (...parts) => {
    record(parts.join(' '));
    original(...parts);
  };
`;

/** The errors that pages have recorded. */
export const recordedErrors = (tab: Tab): Promise<string> => tab.evaluate(`sessionStorage.getItem('errors') ?? ''`);

export interface Served extends Site {
  /** The address of the playground. */
  readonly page: string;
  /** The folder of the built files. */
  readonly files: string;
}

/** Builds the playground into a folder of the test's own and serves it. */
export async function servePlayground(name: string): Promise<Served> {
  const site = `${root}build/playground/${name}/`;
  const files = `${site}${base}`;
  const { status, stderr } = spawnSync(process.execPath, [vite, 'build', folder, '--outDir', files], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const index = `${files}index.html`;
  writeFileSync(index, readFileSync(index, 'utf8').replace('<head>', `<head><script>${recorder}</script>`));
  const served = await serve(site);
  return { ...served, page: `${served.url}${base}index.html`, files };
}

/** Waits until an expression in the page is true. */
export async function until(tab: Tab, expression: string, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while ((await tab.evaluate(`String(Boolean(${expression}))`)) !== 'true') {
    if (Date.now() > end) {
      const text = await tab.evaluate('document.querySelector("main").innerText');
      throw new Error(`not true after ${seconds} s: ${expression}\n${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The text of the first element that a CSS selector finds. */
export const textOf = (tab: Tab, selector: string): Promise<string> =>
  tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`);

/** Gives a file to an input, as the dialog of the system does. */
export async function chooseFile(tab: Tab, selector: string, name: string, bytes: Uint8Array): Promise<void> {
  const base64 = Buffer.from(bytes).toString('base64');
  await tab.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${base64}'), (character) => character.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], ${JSON.stringify(name)}));
    const input = document.querySelector(${JSON.stringify(selector)});
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    return '';
  })()`);
}

/** Sets a field, as typing and Tab do. */
export async function setField(tab: Tab, label: string, value: string): Promise<void> {
  await tab.evaluate(`(() => {
    const label = [...document.querySelectorAll('.settings label')].find(
      ({ textContent }) => textContent.trim() === ${JSON.stringify(label)},
    );
    const field = document.getElementById(label.htmlFor);
    field.value = ${JSON.stringify(value)};
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return '';
  })()`);
}
