// What a process has used: workerd's own clock stands still while it computes, so it is measured from outside. Linux.

import { readdirSync, readFileSync } from 'node:fs';

const milliseconds = (pid: number, task: number | string): number =>
  Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

/** Milliseconds of CPU time of all threads that there are, those of V8's compilers among them. */
export const cpu = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + milliseconds(pid, task), 0);

/** The same of the thread that runs the Worker alone. */
export const thread = (pid: number): number => milliseconds(pid, pid);

/** Megabytes that are resident. */
export const resident = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

/** The workerd that serves a Worker below wrangler. */
export function workerdBelow(pid: number): number {
  const children = (of: number): number[] =>
    readFileSync(`/proc/${of}/task/${of}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const all = [pid];
  for (let i = 0; i < all.length; i++) all.push(...children(all[i]!));
  const found = all.find((one) => readFileSync(`/proc/${one}/comm`, 'utf8').startsWith('workerd'));
  if (!found) throw new Error(`no workerd below process ${pid}`);
  return found;
}

/** Megabytes of the isolate: its heap, and what lies outside of it, such as the memories of models. Garbage counts. */
export async function isolate(inspector: string): Promise<{ heap: number; outside: number }> {
  const [target] = (await (await fetch(`http://${inspector}/json`)).json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  const ask = (method: string): Promise<Record<string, number>> =>
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
  const { usedSize, backingStorageSize } = await ask('Runtime.getHeapUsage');
  socket.close();
  return { heap: usedSize! / 2 ** 20, outside: backingStorageSize! / 2 ** 20 };
}
