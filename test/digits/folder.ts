// Small folders and mirrors of digits for the tests.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawDigits } from '../../tools/digits/draw.ts';
import { writeIdx } from '../../tools/digits/idx.ts';

const folders: string[] = [];
const servers: Server[] = [];

/** Makes an empty folder. `tidy` removes it. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'isthmus-'));
  folders.push(path);
  return path;
}

/** The four IDX files of a small data set, by their names without `.gz`. */
export function digitFiles(train: number, test: number, seed = 1): Map<string, Uint8Array> {
  const drawn = drawDigits(train, test, seed);
  return new Map([
    ['train-images-idx3-ubyte', writeIdx({ shape: [train, 28, 28], data: drawn.train })],
    ['train-labels-idx1-ubyte', writeIdx({ shape: [train], data: drawn.trainLabels })],
    ['t10k-images-idx3-ubyte', writeIdx({ shape: [test, 28, 28], data: drawn.test })],
    ['t10k-labels-idx1-ubyte', writeIdx({ shape: [test], data: drawn.testLabels })],
  ]);
}

/** Writes files into a folder, by default a new one. Gives the folder. */
export function put(files: ReadonlyMap<string, Uint8Array>, path = folder()): string {
  for (const [name, bytes] of files) writeFileSync(join(path, name), bytes);
  return path;
}

/** Starts a server on this machine. `answer` receives the name of the requested file. */
export async function serve(answer: (name: string, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => answer(request.url!.slice(1), response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

export function tidy(): void {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
  for (const server of servers) server.close().closeAllConnections();
}
