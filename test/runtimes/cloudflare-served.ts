// Serves examples/cloudflare-worker-telemetry over HTTP, with a device and its models.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Codec, Detector } from 'isthmus';
import { profile } from '../../examples/cloudflare-worker-telemetry/device/telemetry.ts';
import { assertAbsent } from '../absent.ts';
import { type Answer, caller, copy, dev, migrate, missing, type Served } from './cloudflare.ts';
import { DAY, models } from './cloudflare-models.ts';

export const skip = missing && process.env.CI !== 'true' ? missing : false;
export const at = (day: number): string => new Date(Date.UTC(2026, 0, 1) + day * DAY).toISOString();
export const post = (id: string, day: number): string => `/devices/${id}/readings?from=${at(day)}`;

export let [folder, worker] = ['', undefined as unknown as Served];
export let [codec, detector] = [undefined as unknown as Codec, undefined as unknown as Detector];
export let call: ReturnType<typeof caller>;

/** Call within `describe`: serves a copy of the example under this name, with the registered device "pump". */
export function serve(name: string): void {
  before(async () => {
    ({ codec, detector } = await models());
    folder = copy(name);
    await migrate(folder);
    worker = await dev(folder);
    call = caller(worker.url);
    await device('pump');
  });
  after(() => worker?.stop());
}

/** Registers a device with a codec and a detector. */
export async function device(id: string): Promise<void> {
  assert.equal((await call('PUT', `/devices/${id}`, profile)).status, 201);
  assert.equal((await call('PUT', `/devices/${id}/codec`, codec.save())).status, 200);
  assert.equal((await call('PUT', `/devices/${id}/detector`, detector.save())).status, 200);
}

/** Asserts that an answer is an error with this status, code and message. */
export function fails({ status, json }: Answer, expected: number, code: string, message = /./): void {
  assert.deepEqual([status, json.error?.code], [expected, code], JSON.stringify(json));
  assert.match(json.error.message, message);
}

/** Asserts that wrangler printed a line that matches, and no error. */
export function printed(line: RegExp, text = worker.printed()): void {
  assert.match(text, line);
  const errors = [/wrangler:error/, /wrangler:warn/, /✘/, /▲/, /Uncaught/, /Error/];
  assertAbsent(text, errors, '[wrangler:error] [wrangler:warn] ✘ ▲ Uncaught Error');
}
