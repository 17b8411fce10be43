import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Competitor } from '../workloads.ts';

const script = fileURLToPath(new URL('pytorch.py', import.meta.url));

/** Native PyTorch on one thread, in one child process (Debian: python3-torch, libopenblas0-pthread). */
export async function pytorch(): Promise<Competitor> {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'ignore'], env });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value } = await lines.next();
  if (!value) throw new Error('python3 has no torch');
  child.unref();
  return {
    name: 'PyTorch native',
    version: String(value).split(' ')[1] ?? '',
    async open({ name }) {
      return {
        async run(times) {
          child.stdin.write(`${name} ${times}\n`);
          if ((await lines.next()).done) throw new Error('python3 ended early');
        },
      };
    },
  };
}
