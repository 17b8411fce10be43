// Serves the project to browsers on a port of this machine.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

export interface Site {
  readonly url: string;
  /** The paths of all requests, in their order. */
  readonly requests: readonly string[];
  close(): void;
}

/** Headers for cross-origin isolation, so that a page may share memory with workers. */
export const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Files below `folder`, and `pages` by path. `policy` is sent as the content security policy, `more` are headers. */
export async function serve(
  folder: string,
  pages: Readonly<Record<string, string>> = {},
  policy?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const requests: string[] = [];
  const server = createServer(async ({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://site').pathname));
    requests.push(path);
    try {
      const body = pages[path] ?? (await readFile(join(folder, path)));
      const headers = {
        'content-type': types[extname(path)] ?? 'text/html',
        ...(policy && { 'content-security-policy': policy }),
        ...more,
      };
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The import map of a page without a build step that imports the package from its files. */
export const importMap = {
  imports: {
    isthmus: '/node_modules/isthmus/dist/index.js',
    'isthmus/worker': '/node_modules/isthmus/dist/worker.js',
    'isthmus/slim': '/node_modules/isthmus/dist/slim.js',
    '#wasm': '/node_modules/isthmus/dist/wasm/inline.js',
  },
};

/** A page that can import the package and the suites. */
export const page = `<!doctype html><meta charset="utf-8"><title>isthmus</title>
<script type="importmap">${JSON.stringify(importMap)}</script>`;
