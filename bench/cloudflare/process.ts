// CPU time and memory of a process, read from outside: the clock of workerd does not advance while it computes. Linux
// only.

import { readdirSync, readFileSync } from 'node:fs';

const milliseconds = (pid: number, task: number | string): number =>
  Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

/** Milliseconds of CPU time of all threads, those of V8's compilers included. */
export const cpu = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + milliseconds(pid, task), 0);

/** Milliseconds of CPU time of the thread that runs the Worker. */
export const thread = (pid: number): number => milliseconds(pid, pid);

/** Megabytes of resident memory. */
export const resident = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

/** The process id of the workerd that a wrangler process has started. */
export function workerdBelow(pid: number): number {
  const childrenOf = (parent: number): number[] =>
    readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const all = [pid];
  for (let i = 0; i < all.length; i++) all.push(...childrenOf(all[i]!));
  const found = all.find((one) => readFileSync(`/proc/${one}/comm`, 'utf8').startsWith('workerd'));
  if (!found) throw new Error(`no workerd below process ${pid}`);
  return found;
}

/** Megabytes of an isolate: its heap, and its buffers outside the heap, such as the memories of models. Both include
 * garbage. */
export async function isolate(inspector: string): Promise<{ heap: number; outside: number }> {
  const [target] = (await (await fetch(`http://${inspector}/json`)).json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  const call = (method: string): Promise<Record<string, number>> =>
    new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        const { id, result } = JSON.parse(String(data));
        if (id === 1) resolve(result);
      };
      socket.send(JSON.stringify({ id: 1, method }));
    });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const { usedSize, backingStorageSize } = await call('Runtime.getHeapUsage');
  socket.close();
  return { heap: usedSize! / 2 ** 20, outside: backingStorageSize! / 2 ** 20 };
}
