// What a worker runs: `spawn` starts it, or you do, and hand it over: `spawn({ worker })`.

import type { Request } from './rpc/messages.ts';
import { serve } from './rpc/serve.ts';

interface Port {
  // biome-ignore lint/suspicious/noExplicitAny: each runtime has a list of its own of what may be transferred
  postMessage(message: unknown, transfer: any): void;
}

// A worker of the web posts by itself; one of Node has a port.
const web = typeof postMessage === 'function';
const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): { parentPort: Port } } };
const port: Port = web ? (globalThis as unknown as Port) : process.getBuiltinModule('node:worker_threads').parentPort;
const take = serve((response, moved) => port.postMessage(response, [...moved]));
if (web) addEventListener('message', (event) => take((event as MessageEvent<Request>).data));
else (port as Port & { on(type: string, listener: (request: Request) => void): void }).on('message', take);
