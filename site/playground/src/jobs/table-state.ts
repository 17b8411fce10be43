// The table that the panels "Compress" and "Detect" share, and the running job.
import { signal } from '@preact/signals';
import pump from '../../../../docs/samples/pump.csv?url';
import { csvBytes } from '../data/table.ts';
import { attempt } from '../messages.ts';
import { endJobs, jobs } from './client.ts';
import type { TableInfo } from './protocol.ts';

/** The table in the worker of the jobs. */
export const table = signal<TableInfo | undefined>(undefined);
/** The file of the table, to read it again after a job was cancelled. */
let file: File | undefined;
/** The completed share of the running job, 0..1. */
export const progress = signal<number | undefined>(undefined);

export async function openTable(chosen: File): Promise<void> {
  await attempt(async () => {
    table.value = await jobs().openTable(chosen.name, await csvBytes(chosen));
    file = chosen;
  });
}

/** Opens the sample of the documents: readings of a simulated pump with three faults. */
export const openSample = (): Promise<unknown> =>
  attempt(async () => {
    const response = await fetch(pump);
    if (!response.ok) throw new Error('The sample could not be loaded.');
    await openTable(new File([await response.blob()], 'pump.csv'));
  });

let run = 0;

/** Runs a job with its progress. A failure becomes a message. Gives undefined then, and where the job was cancelled. */
export async function runJob<T>(job: (onProgress: (done: number) => void) => Promise<T>): Promise<T | undefined> {
  const number = ++run;
  progress.value = 0;
  const result = await attempt(() =>
    job((done) => {
      if (number === run) progress.value = done;
    }),
  );
  if (number !== run) return undefined;
  progress.value = undefined;
  return result;
}

/** Ends the running job with its worker, and opens the table again in a new one. */
export async function cancelJob(): Promise<void> {
  run++;
  progress.value = undefined;
  endJobs();
  if (file) await openTable(file);
}
