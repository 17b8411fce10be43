// Runs recipes at the same time, each in its own process: a training keeps one thread busy.

import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import type { Recipe } from '../../results/recipe.ts';
import { type ProgressBoard, type ProgressMessage, progressBoard } from './progress-board.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const INTERRUPTED = 130;

/** Runs one recipe in a child process. Gives its exit code. */
function runInChild(name: string, args: readonly string[], board: ProgressBoard, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(main, [...args, '--only', name, '--jobs', '1'], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const interrupt = (): boolean => child.kill('SIGINT');
    signal.addEventListener('abort', interrupt);
    createInterface(child.stdout!).on('line', (line) => line.startsWith('Wrote ') || board.log(line));
    createInterface(child.stderr!).on('line', (line) => line && board.warn(line));
    child.on('message', (message) => board.show(message as ProgressMessage));
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', interrupt);
      board.remove(name);
      // SIGINT ends a child that does not listen for it yet.
      resolve(code ?? (killedBy === 'SIGINT' ? INTERRUPTED : 1));
    });
  });
}

/**
 * Runs the recipes, `jobs` at the same time: the longest first, and each after the recipes that it needs. `args` are
 * the command-line options of every child. Gives the exit code of the first recipe that failed, or 0.
 */
export async function runJobs(
  recipes: readonly Recipe[],
  jobs: number,
  args: readonly string[],
  expectedSeconds: (name: string) => number,
  signal: AbortSignal,
): Promise<number> {
  const board = progressBoard();
  const limit = pLimit(jobs);
  const runs = new Map<string, Promise<void>>();
  const skipped: string[] = [];
  let exitCode = 0;
  /** Starts a recipe after the recipes that it needs. One that is not in the list runs within the child process. */
  const start = async ({ name, needs = [] }: Recipe): Promise<void> => {
    await Promise.all(recipes.filter((recipe) => needs.includes(recipe.name)).map(startOnce));
    await limit(async () => {
      if (signal.aborted) {
        skipped.push(name);
        return;
      }
      const code = await runInChild(name, args, board, signal);
      exitCode ||= code;
    });
  };
  const startOnce = (recipe: Recipe): Promise<void> => {
    const run = runs.get(recipe.name) ?? start(recipe);
    runs.set(recipe.name, run);
    return run;
  };
  const longestFirst = [...recipes].sort((a, b) => expectedSeconds(b.name) - expectedSeconds(a.name));
  await Promise.all(longestFirst.map(startOnce));
  board.stop();
  if (!skipped.length) return exitCode;
  console.error(`Stopped before ${skipped.join(', ')}. Nothing is lost: the same command goes on.`);
  return exitCode || INTERRUPTED;
}
