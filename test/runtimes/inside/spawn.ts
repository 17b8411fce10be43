// Runs the suites of isthmus/worker. A page gets all outcomes as an array.
import * as isthmus from 'isthmus';
import * as off from 'isthmus/worker';
import { spawning } from '../../suites/spawning.ts';
import { spawningFiles } from '../../suites/spawning-files.ts';
import { spawningSamples } from '../../suites/spawning-samples.ts';
import { spawningTurns } from '../../suites/spawning-turns.ts';
import { type Outcome, outcomes } from './run.ts';

export const run = (): AsyncGenerator<Outcome> =>
  outcomes({ spawning, spawningFiles, spawningSamples, spawningTurns }, isthmus, off);

export async function all(): Promise<Outcome[]> {
  const list: Outcome[] = [];
  for await (const outcome of run()) list.push(outcome);
  return list;
}
