// The worker of the jobs: it reads tables, and it holds them, so that the page never waits for a large file.
import { expose, transfer } from 'comlink';
import { readTable } from '../../../../jobs/table/parse.ts';
import { type NumberRows, numberRows } from './numbers.ts';

export interface JobsWorker {
  /** The number columns of a CSV file. */
  readNumbers(bytes: Uint8Array): Promise<NumberRows>;
}

const api: JobsWorker = {
  async readNumbers(bytes) {
    const rows = numberRows(readTable(bytes));
    return transfer(rows, [rows.values.buffer]);
  },
};

expose(api);
