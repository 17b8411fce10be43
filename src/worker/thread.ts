// The code of a worker. `spawn` starts it, or the caller does: `spawn({ worker })`.

import type { Request } from './rpc/messages.ts';
import { serve } from './rpc/serve.ts';

interface Port {
  // biome-ignore lint/suspicious/noExplicitAny: each runtime has its own type of transferable objects
  postMessage(message: unknown, transfer: any): void;
}

// A worker of the web has a global `postMessage`; a worker of Node has a port.
const web = typeof postMessage === 'function';
const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): { parentPort: Port } } };
const port: Port = web ? (globalThis as unknown as Port) : process.getBuiltinModule('node:worker_threads').parentPort;
const handle = serve((response, transferList) => port.postMessage(response, [...transferList]));
if (web) addEventListener('message', (event) => handle((event as MessageEvent<Request>).data));
else (port as Port & { on(type: string, listener: (request: Request) => void): void }).on('message', handle);
