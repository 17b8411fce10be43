// The choice of a CSV file, for the panels that work on a table.
import { FileDrop } from '../components/files.tsx';
import { openSample, openTable, table } from '../jobs/table-state.ts';

export function TableSource() {
  const now = table.value;
  return (
    <fieldset>
      <legend>Data</legend>
      <FileDrop
        label="Choose a CSV file"
        hint="or drop it here"
        accept=".csv,.tsv,.txt,text/csv"
        onFiles={([file]) => openTable(file!)}
      />
      <button type="button" class="small" onClick={openSample}>
        Use the sample pump.csv
      </button>
      {now && (
        <div class="about">
          <p>
            <strong>{now.name}</strong>: {now.rowCount.toLocaleString('en')} rows, {now.columns.length} columns
          </p>
          {now.warnings.map((text) => (
            <p class="hint" key={text}>
              {text}
            </p>
          ))}
        </div>
      )}
    </fieldset>
  );
}
