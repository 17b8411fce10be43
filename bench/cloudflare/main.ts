// The cost of examples/cloudflare-worker-telemetry on workerd, compared with the limits of the platform:
//
//   npm run build && node scripts/runtimes.mjs && node bench/cloudflare/main.ts [--quick]
//
// With ISTHMUS_DATA, a folder that has telemetry/AirQualityUCI.csv, it measures these data too. Linux only.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { caller, copy, dev, migrate, wrangler } from '../../test/runtimes/cloudflare.ts';
import { bundle, type Modules, serve } from '../../test/runtimes/serve.ts';
import { median } from '../statistics.ts';
import { type Case, cases } from './data.ts';
import { cpu, isolate, resident, thread, workerdBelow } from './process.ts';
import { code, empty } from './worker.ts';

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const say = (name: string, value: string, limit = ''): void => console.log(`| ${name} | ${value} | ${limit} |`);
const post = async (url: string, body?: Uint8Array<ArrayBuffer>): Promise<string> =>
  (await fetch(url, { method: 'POST', ...(body && { body }) })).text();

/** Milliseconds of a fresh workerd. */
interface ColdStart {
  /** Wall time until the first answer. */
  readonly wall: number;
  /** CPU time of the Worker's thread to load the models. */
  readonly load: number;
  /** CPU time of the Worker's thread to score for the first time. */
  readonly score: number;
}

/** Starts workerd and measures until the first answer. */
async function coldStart(modules: Modules, body?: Uint8Array<ArrayBuffer>): Promise<ColdStart> {
  const begin = performance.now();
  const { url, stop } = await serve(modules);
  await post(`${url}score`, body);
  const wall = performance.now() - begin;
  await stop();
  const again = await serve(modules);
  await post(`${again.url}memory`);
  const at = [thread(again.pid)];
  for (const path of ['models', 'score']) {
    await post(again.url + path, body);
    at.push(thread(again.pid));
  }
  await again.stop();
  return { wall, load: at[1]! - at[0]!, score: at[2]! - at[1]! };
}

/** Medians of cold starts. `none` is the wall time of an empty Worker. The two take turns. */
async function coldStartMedians(
  modules: Modules,
  body: Uint8Array<ArrayBuffer>,
): Promise<ColdStart & { none: number }> {
  const nothing = await bundle(empty);
  const [ours, none]: [ColdStart[], ColdStart[]] = [[], []];
  for (let i = 0; i < (quick ? 5 : 21); i++) {
    ours.push(await coldStart(modules, body));
    none.push(await coldStart(nothing));
  }
  const of = (list: readonly ColdStart[], kind: keyof ColdStart): number => median(list.map((one) => one[kind]));
  return { wall: of(ours, 'wall'), load: of(ours, 'load'), score: of(ours, 'score'), none: of(none, 'wall') };
}

/** Milliseconds of CPU time for one of `n` runs of a path. */
async function cpuTimeOf(pid: number, url: string, n: number, body: Uint8Array<ArrayBuffer>): Promise<number> {
  await post(`${url}${Math.ceil(n / 2)}`, body);
  const begin = cpu(pid);
  await post(`${url}${n}`, body);
  return (cpu(pid) - begin) / n;
}

async function measure({ title, profile, codec, detector, x, size }: Case): Promise<void> {
  const bundled = await bundle(code(profile));
  const modules = new Map([...bundled, ['codec.bin', codec.save()], ['detector.bin', detector.save()]]);
  const compress = (windows: number): Uint8Array<ArrayBuffer> => codec.compress(x.subarray(0, windows * size));
  const { wall, none, load, score } = await coldStartMedians(modules, compress(30));
  say(
    `${title}: start to first scores`,
    `${(wall - none).toFixed(0)} ms more than the ${none.toFixed(0)} ms of an empty Worker`,
    '1 s',
  );
  say(`${title}: CPU to load codec and detector, once in an isolate`, `${load.toFixed(1)} ms`, '10 ms');
  say(`${title}: CPU of the first 30 windows then`, `${score.toFixed(1)} ms`, '10 ms');
  const { url, pid, inspector, stop } = await serve(modules, undefined, undefined, true);
  for (const windows of [1, 30, 300]) {
    const body = compress(windows);
    const cost = await cpuTimeOf(pid, `${url}score?n=`, Math.ceil((quick ? 300 : 3000) / windows), body);
    const bytes = `${body.length} bytes, ${((windows * size * 4) / body.length).toFixed(1)} times fewer than float32`;
    say(`${title}: CPU to decompress and score ${windows} windows (${bytes})`, `${cost.toFixed(2)} ms`, '10 ms');
  }
  const floats = new Uint8Array(x.slice(0, 200 * size).map((v) => (Number.isFinite(v) ? v : 0)).buffer);
  const slice = await cpuTimeOf(pid, `${url}slice?n=`, 200, floats);
  say(
    `${title}: CPU of a slice of 200 batches, checkpoints included`,
    `${(slice * 200).toFixed(1)} ms`,
    '30 s in a Durable Object',
  );
  await post(`${url}models?n=15`);
  const memories = Number(await post(`${url}memory`)) / 2 ** 20;
  const { heap, outside } = await isolate(inspector!);
  say(
    `${title}: memory with 16 codecs, 16 detectors and the training`,
    `${(memories + heap + outside).toFixed(1)} MB: models ${memories.toFixed(1)}, heap ${heap.toFixed(1)}, other buffers ${outside.toFixed(1)}`,
    '128 MB',
  );
  await stop();
}

/** Measures complete requests in wrangler, whose D1 and R2 run in the same process. */
async function measureRequests({ profile, codec, detector, x, size }: Case, folder: string): Promise<void> {
  await migrate(folder);
  const worker = await dev(folder);
  const call = caller(worker.url);
  const pid = workerdBelow(worker.pid);
  await call('PUT', '/devices/pump', profile);
  await call('PUT', '/devices/pump/codec', codec.save());
  await call('PUT', '/devices/pump/detector', detector.save());
  const body = codec.compress(x.subarray(0, 30 * size));
  const day = size * 900_000;
  let at = 0;
  const cost = async (work: () => Promise<unknown>): Promise<number> => {
    const n = quick ? 50 : 500;
    for (let i = 0; i < n / 5; i++) await work();
    const begin = cpu(pid);
    for (let i = 0; i < n; i++) await work();
    return (cpu(pid) - begin) / n;
  };
  const posted = await cost(() => call('POST', `/devices/pump/readings?from=${at++ * 30 * day}`, body));
  const known = await cost(() => call('GET', '/devices/pump'));
  const refused = await cost(() => call('GET', '/'));
  say('a post of 30 windows, whole, with the local D1', `${posted.toFixed(2)} ms`, '10 ms');
  say(
    'the same for a request that asks D1 once / for one that ends at the router',
    `${known.toFixed(2)} ms / ${refused.toFixed(2)} ms`,
  );
  say('resident memory of workerd after these, with its D1 and R2', `${resident(pid).toFixed(0)} MB`);
  await worker.stop();
}

const folder = copy('cloudflare-worker');
console.log(
  `${cpus()[0]!.model}, ${process.platform} ${process.arch}\n\n| what | measured | limit |\n| --- | --- | --- |`,
);
const upload = /Total Upload: ([\d.]+ \w+) \/ gzip: ([\d.]+ \w+)/.exec(
  await wrangler(folder, 'deploy', '--dry-run', '--outdir', 'out'),
)!;
say('upload, and gzipped', `${upload[1]}, ${upload[2]}`, '3 MB gzipped (free), 10 MB (paid)');
const list = await cases();
for (const one of list) await measure(one);
await measureRequests(list[0]!, folder);
