// Starts a Cloudflare Worker of the project, bundled by wrangler and run by workerd.
import { writeFileSync } from 'node:fs';
import { lacking, project, tool } from './harness.ts';

export const missing = lacking('wrangler');

export interface Worker {
  fetch(path: string, init?: { method: string; body: string }): Promise<{ json(): Promise<unknown> }>;
  stop(): Promise<void>;
}

/** Starts the Worker of a settings file. */
export async function serveWorker(file: string, config: string): Promise<Worker> {
  const settings = { WRANGLER_SEND_METRICS: 'false', DO_NOT_TRACK: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false' };
  Object.assign(process.env, settings);
  const { unstable_dev } = await import(tool('wrangler/wrangler-dist/cli.js'));
  return unstable_dev(file, {
    config,
    logLevel: 'error',
    experimental: { disableExperimentalWarning: true, testMode: true },
  });
}

/** Starts the Worker of a script in the project, with default settings. */
export async function startWorker(file: string): Promise<Worker> {
  const config = `${project}${file}.wrangler.json`;
  writeFileSync(config, JSON.stringify({ name: 'suites', main: file, compatibility_date: '2026-11-01' }));
  return serveWorker(`${project}${file}`, config);
}
