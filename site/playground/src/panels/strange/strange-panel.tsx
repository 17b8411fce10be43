// The panel that finds the strange stretches of a series, or the strange rows of a table.
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import { CopiesCard } from '../../components/copies.tsx';
import { NumberField, SelectField } from '../../components/fields.tsx';
import { JobButton } from '../../components/job-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { jobs } from '../../jobs/client.ts';
import type { Strange, StrangeSettings } from '../../jobs/protocol.ts';
import { runJob, table } from '../../jobs/table-state.ts';
import { settings } from '../../settings/state.ts';
import { TableSource } from '../table-source.tsx';
import { StrangeResult } from './strange-result.tsx';

export interface Result extends Strange {
  readonly name: string;
}

const result = signal<Result | undefined>(undefined);

export const strangeSettings = (): StrangeSettings => ({
  rows: settings.rowsAre.value === 'samples',
  columns: settings.columns.value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
  window: settings.window.value,
  falseAlarms: settings.falseAlarms.value,
  seed: settings.seed.value,
});

async function find(): Promise<void> {
  const name = table.value!.name;
  const found = await runJob(async (onProgress) => jobs().findStrange(strangeSettings(), proxy(onProgress)));
  if (found) result.value = { ...found, name };
}

export function StrangePanel() {
  const isSeries = settings.rowsAre.value === 'series';
  return (
    <div class="panel">
      <form class="settings" aria-label="Settings of the detection" onSubmit={(event) => event.preventDefault()}>
        <TableSource />
        <fieldset>
          <legend>Detector</legend>
          <SelectField
            name="rowsAre"
            label="The rows are"
            labels={{ series: 'A series in time', samples: 'Independent samples' }}
          />
          <TextField name="columns" label="Columns" placeholder="all columns" hint="Names separated by commas" />
          <div class="pair">
            {isSeries && <NumberField name="window" label="Window" hint="Rows; 0: the period of the series" />}
            <NumberField
              name="falseAlarms"
              label="False alarms"
              hint={`For each normal row; 0: ${isSeries ? 0.0005 : 0.01}`}
            />
          </div>
          <NumberField name="seed" label="Seed" />
        </fieldset>
        <JobButton label="Find strange rows" disabled={!table.value} onStart={find} />
      </form>
      <div class="results">
        {result.value ? <StrangeResult result={result.value} /> : <Empty />}
        {table.value && (
          <CopiesCard
            make={async () => jobs().strangeCopies(strangeSettings())}
            files={`Both read ${table.value.name} in the folder where they run.`}
          />
        )}
      </div>
    </div>
  );
}

function Empty() {
  return (
    <section class="card empty">
      <h2>No result yet</h2>
      <p>
        Choose a CSV file with columns of numbers. The page trains an autoencoder on the file itself and marks the rows
        that the model reconstructs with a large error.
      </p>
    </section>
  );
}
