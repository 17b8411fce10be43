// The example for Bun with the packed package, over HTTP.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe } from 'node:test';
import { lacking, needing, tool } from '../runtimes/harness.ts';
import { checkTypes, checkVersions, folderOf, manifestOf } from './project.ts';

const folder = folderOf('bun');
const file = join(folder, 'detector.safetensors');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

interface Server {
  readonly said: () => string;
  ask(body: string): Promise<{ status: number; answer: unknown }>;
  stop(): Promise<void>;
}

/** Starts the example by its script, and waits until it answers. */
async function start(): Promise<Server> {
  const [, ...args] = manifestOf('bun').scripts.start!.split(' ');
  const port = await freePort();
  const env = { ...process.env, PORT: String(port) };
  const child: ChildProcess = spawn(tool('.bin/bun'), args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text) => (said += text)); // biome-ignore format: one line
  const ended = once(child, 'exit');
  const ask = async (body: string): Promise<{ status: number; answer: unknown }> => {
    const response = await fetch(`http://localhost:${port}/`, { method: 'POST', body });
    return { status: response.status, answer: await response.json() };
  };
  for (let tries = 0; ; tries++) {
    try {
      await ask('[]');
      break;
    } catch (error) {
      if (tries > 300 || child.exitCode !== null) throw new Error(said, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  return {
    said: () => said,
    ask,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

const wave = (height: number, start: number): number[] =>
  Array.from({ length: 24 }, (_, i) => height * Math.sin(start + i / 4) + 0.025);

describe('in Bun', () => {
  needing(
    lacking('.bin/bun'),
    'the example trains, scores the windows of requests, and loads its detector at the second start',
    async () => {
      checkVersions('bun');
      checkTypes('bun', 'main.ts');
      rmSync(file, { force: true });
      const windows = [wave(1, 2), wave(0.7, 4), wave(0, 0).map((_, i) => (i % 2 ? 1 : -1)), wave(1, 3).map((v, i) => v + (i === 9 ? 2 : 0))]; // biome-ignore format: one line
      const answers: unknown[] = [];
      const made: number[] = [];
      for (let round = 0; round < 2; round++) {
        const server = await start();
        try {
          const { status, answer } = await server.ask(JSON.stringify(windows));
          assert.equal(status, 200);
          assert.deepEqual((answer as { strange: boolean }[]).map(({ strange }) => strange), [false, false, true, true]); // biome-ignore format: one line
          answers.push(answer);
          for (const [body, message] of [
            ['[[1, 2]]', /^"x(\[0\])?" expected .*24/],
            ['{}', /./],
            ['no json', /JSON/],
            [JSON.stringify([wave(1, 1).map((v, i) => (i === 3 ? null : v))]), /^expected a list of windows/],
          ] as const) {
            const wrong = await server.ask(body);
            assert.equal(wrong.status, 400, body);
            assert.match((wrong.answer as { error: string }).error, message, body);
          }
          assert.match(server.said(), /^windows of 24, threshold \d\.\d\d\n/);
        } finally {
          await server.stop();
        }
        made.push(statSync(file).mtimeMs);
      }
      assert.deepEqual(answers[1], answers[0]);
      assert.equal(made[1], made[0]);
    },
  );
});
