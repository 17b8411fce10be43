// A table to a small file whose numbers keep a bound, and back.
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import { CopiesCard } from '../../components/copies.tsx';
import { NumberField, SelectField } from '../../components/fields.tsx';
import { FileButton, saveAs } from '../../components/files.tsx';
import { JobButton } from '../../components/job-button.tsx';
import { bytesText } from '../../components/numbers.ts';
import { TextField } from '../../components/text-field.tsx';
import { jobs } from '../../jobs/client.ts';
import type { Compressed } from '../../jobs/protocol.ts';
import { runJob, table } from '../../jobs/table-state.ts';
import { attempt, note } from '../../messages.ts';
import { settings } from '../../settings/state.ts';
import { TableSource } from '../table-source.tsx';
import { tableBounds } from './bounds.ts';
import { CompressedResult } from './compressed-result.tsx';

export interface Result extends Compressed {
  readonly name: string;
}

const result = signal<Result | undefined>(undefined);

async function compress(): Promise<void> {
  const name = table.value!.name;
  const compressed = await runJob(async (onProgress) => jobs().compress(tableBounds(), proxy(onProgress)));
  if (compressed) result.value = { ...compressed, name };
}

const decompress = ([file]: File[]): Promise<unknown> =>
  attempt(async () => {
    const bytes = await jobs().decompress(new Uint8Array(await file!.arrayBuffer()));
    saveAs(file!.name.replace(/\.isth$/, ''), 'text/csv', bytes);
    note(`${file!.name} was restored: ${bytesText(bytes.length)}.`);
  });

export function CompressPanel() {
  const kind = settings.boundKind.value;
  return (
    <div class="panel">
      <form class="settings" aria-label="Settings of the compression" onSubmit={(event) => event.preventDefault()}>
        <TableSource />
        <fieldset>
          <legend>Bound</legend>
          <SelectField
            name="boundKind"
            label="Kind of bound"
            labels={{ absolute: 'Absolute error', relative: 'Share of the range', lossless: 'Lossless' }}
            hint={hints[kind]}
          />
          {kind === 'absolute' && <NumberField name="absoluteBound" label="Largest error" />}
          {kind === 'relative' && <NumberField name="relativeBound" label="Largest error, share of the range" />}
          {kind !== 'lossless' && (
            <TextField
              name="columnBounds"
              label="Bounds of single columns"
              placeholder="flow=0.1, pressure=0.02"
              hint="All other columns have the bound above."
            />
          )}
        </fieldset>
        <JobButton label="Compress" disabled={!table.value} onStart={compress} />
        <div class="line">
          <FileButton label="Restore a .isth file" accept=".isth" onFiles={decompress} />
        </div>
      </form>
      <div class="results">
        {result.value ? <CompressedResult result={result.value} /> : <Empty />}
        {table.value && (
          <CopiesCard
            make={async () => jobs().compressCopies(tableBounds())}
            files={`Both read ${table.value.name} in the folder where they run.`}
          />
        )}
      </div>
    </div>
  );
}

const hints = {
  absolute: 'No number differs from the original by more than this bound.',
  relative: 'No number differs from the original by more than this share of the range of its column.',
  lossless: 'Every character is restored.',
} as const;

function Empty() {
  return (
    <section class="card empty">
      <h2>No result yet</h2>
      <p>
        Choose a CSV file and a bound. The page compresses the numbers, restores them, compares each with the original,
        and shows the size next to that of gzip. Texts, times and missing cells are restored exactly.
      </p>
    </section>
  );
}
