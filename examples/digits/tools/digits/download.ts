// Downloads MNIST from a public mirror into a cache. Each file is checked by its SHA-256.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describeFailure, writeFileAtomically } from '../files.ts';

/** The SHA-256 of each file of a data set, by its name. */
export type Checksums = Readonly<Record<string, string>>;

/** MNIST, gzipped as published. */
export const mnistChecksums: Checksums = {
  'train-images-idx3-ubyte.gz': '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
  'train-labels-idx1-ubyte.gz': '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
  't10k-images-idx3-ubyte.gz': '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
  't10k-labels-idx1-ubyte.gz': 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
};

const mirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];

/** Above the size of every file of MNIST. A longer answer is refused before it is complete. */
const MAX_FILE_BYTES = 16 * 2 ** 20;

/** The mirrors to try: those above, or the one in ISTHMUS_MIRROR; none where that variable is empty. */
export function mirrorUrls(env: NodeJS.ProcessEnv = process.env): string[] {
  const url = env.ISTHMUS_MIRROR;
  if (url === undefined) return mirrors;
  if (url === '') return [];
  return [url.endsWith('/') ? url : `${url}/`];
}

export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus', 'mnist');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file of the cache; undefined where it is missing or its checksum is wrong. */
function readFromCache(folder: string, name: string, checksum: string): Uint8Array | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return sha256(bytes) === checksum ? bytes : undefined;
}

/** Writes a file to the cache. A failure is reported and ignored: the next run downloads the file again. */
function writeToCache(folder: string, name: string, bytes: Uint8Array, report: (line: string) => void): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileAtomically(join(folder, name), bytes);
  } catch (error) {
    report(`not kept for next time: ${describeFailure(error)}`);
  }
}

export interface Timeouts {
  /** Milliseconds until a mirror must have answered. */
  readonly answer: number;
  /** Milliseconds between two chunks of an answer. */
  readonly pause: number;
}

async function download(url: string, timeouts: Timeouts): Promise<Uint8Array> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abortAfter = (ms: number, message: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new Error(message)), ms);
  };
  try {
    abortAfter(timeouts.answer, 'no answer');
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    abortAfter(timeouts.pause, 'stopped sending');
    for await (const chunk of response.body ?? []) {
      abortAfter(timeouts.pause, 'stopped sending');
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_FILE_BYTES) throw new Error(`expected at most ${MAX_FILE_BYTES} bytes, got more`);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

export interface FetchedFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** True where at least one file was downloaded. */
  readonly fetched: boolean;
}

/**
 * The files of a data set, from the cache or from the first mirror that has them; undefined where no mirror has them.
 * `report` receives the failure of each mirror. A file with a wrong checksum is neither used nor cached.
 */
export async function fetchFiles(
  folder: string,
  checksums: Checksums,
  urls: readonly string[],
  report: (line: string) => void,
  timeouts: Timeouts = { answer: 3000, pause: 5000 },
): Promise<FetchedFiles | undefined> {
  const files = new Map<string, Uint8Array>();
  for (const [name, checksum] of Object.entries(checksums)) {
    const bytes = readFromCache(folder, name, checksum);
    if (bytes) files.set(name, bytes);
  }
  const missing = Object.entries(checksums).filter(([name]) => !files.has(name));
  if (missing.length === 0) return { files, fetched: false };
  for (const url of urls) {
    try {
      for (const [name, checksum] of missing.filter(([name]) => !files.has(name))) {
        const bytes = await download(url + name, timeouts);
        const actual = sha256(bytes);
        if (actual !== checksum)
          throw new Error(`${name} has sha256 ${actual.slice(0, 8)}…, expected ${checksum.slice(0, 8)}…`);
        files.set(name, bytes);
        writeToCache(folder, name, bytes, report);
      }
      return { files, fetched: true };
    } catch (error) {
      const { message, cause } = error as Error;
      report(`no digits from ${url}: ${(cause as Error | undefined)?.message || message}`);
    }
  }
  return undefined;
}
