// Recipes side by side, each in a process of its own: training keeps one thread busy.

import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Entry } from './load.ts';
import { type Board, board } from './report.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs one recipe by this program again. Gives its exit code. */
function start(name: string, given: readonly string[], shown: Board, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(main, [...given, '--only', name, '--jobs', '1'], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const stop = (): boolean => child.kill('SIGINT');
    signal.addEventListener('abort', stop);
    createInterface(child.stdout!).on('line', (line) => line.startsWith('Wrote ') || shown.log(line));
    createInterface(child.stderr!).on('line', (line) => line && shown.warn(line));
    child.on('message', (message) => shown.show(message as Parameters<Board['show']>[0]));
    child.on('error', reject);
    child.on('close', (code, by) => {
      signal.removeEventListener('abort', stop);
      shown.end(name);
      // Before it listened for Ctrl-C.
      resolve(code ?? (by === 'SIGINT' ? 130 : 1));
    });
  });
}

/**
 * Runs the recipes, `jobs` at once, those that take longest first and none before what it needs. `given` are the options
 * of the command line for each. Gives the exit code of the first that did not succeed, or 0.
 */
export async function runJobs(
  entries: readonly Entry[],
  jobs: number,
  given: readonly string[],
  secondsOf: (name: string) => number,
  signal: AbortSignal,
): Promise<number> {
  const shown = board();
  const waiting = [...entries].sort((a, b) => secondsOf(b.recipe.name) - secondsOf(a.recipe.name));
  const going = new Map<string, Promise<void>>();
  let failed = 0;
  /** Not finished, and not to come: what is not asked for runs within the recipe that needs it. */
  const blocked = ({ recipe }: Entry): boolean =>
    (recipe.needs ?? []).some((name) => going.has(name) || waiting.some((other) => other.recipe.name === name));
  while ((waiting.length || going.size) && !(signal.aborted && !going.size)) {
    const next = signal.aborted || going.size >= jobs ? -1 : waiting.findIndex((entry) => !blocked(entry));
    if (next < 0) {
      await Promise.race(going.values());
      continue;
    }
    const [entry] = waiting.splice(next, 1);
    const { name } = entry!.recipe;
    const done = start(name, given, shown, signal).then((code) => {
      failed ||= code;
      going.delete(name);
    });
    going.set(name, done);
  }
  shown.stop();
  if (!waiting.length) return failed;
  const names = waiting.map(({ recipe }) => recipe.name).join(', ');
  console.error(`Stopped before ${names}. Nothing is lost: the same command goes on.`);
  return failed || 130;
}
