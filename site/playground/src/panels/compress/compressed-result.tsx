// Sizes, errors, and the bytes of each column.
import { Bars } from '../../components/bars.tsx';
import { saveAs } from '../../components/files.tsx';
import { bytesText, shortNumber } from '../../components/numbers.ts';
import { jobs } from '../../jobs/client.ts';
import { attempt } from '../../messages.ts';
import type { Result } from './compress-panel.tsx';

export function CompressedResult({ result }: { readonly result: Result }) {
  const { bytes, inputBytes, gzipBytes, columns, seconds, stored, trained } = result;
  const bounded = columns.filter(({ bound }) => bound !== undefined);
  const largest = Math.max(0, ...columns.map(({ maxError }) => maxError));
  const sizes = [
    { label: result.name, value: inputBytes, text: bytesText(inputBytes) },
    ...(gzipBytes === undefined ? [] : [{ label: 'gzip', value: gzipBytes, text: bytesText(gzipBytes) }]),
    { label: 'isthmus', value: bytes.length, text: bytesText(bytes.length), isMain: true },
  ];
  return (
    <>
      <section class="card" aria-labelledby="size-title">
        <header>
          <h2 id="size-title">Size</h2>
          <p class="hint">{sentence(result)}</p>
        </header>
        <dl class="figures">
          <div>
            <dt>Ratio to the file</dt>
            <dd>{shortNumber(inputBytes / bytes.length)}</dd>
          </div>
          {gzipBytes !== undefined && (
            <div>
              <dt>Ratio to gzip</dt>
              <dd>{shortNumber(gzipBytes / bytes.length)}</dd>
            </div>
          )}
          <div>
            <dt>Largest error, verified</dt>
            <dd data-value="error">{shortNumber(largest)}</dd>
          </div>
          <div>
            <dt>Time</dt>
            <dd>{shortNumber(seconds)} s</dd>
          </div>
        </dl>
        <Bars bars={sizes} label="Bytes of the file, of gzip and of isthmus" />
        <div class="line">
          <button type="button" onClick={() => saveAs(`${result.name}.isth`, 'application/octet-stream', bytes)}>
            Save .isth
          </button>
          <button
            type="button"
            onClick={() => attempt(async () => saveAs(result.name, 'text/csv', await jobs().decompress(bytes)))}
          >
            Save the restored CSV
          </button>
        </div>
      </section>
      {stored === 'columns' && (
        <section class="card" aria-labelledby="columns-title">
          <header>
            <h2 id="columns-title">Bytes of each column</h2>
            <p class="hint">
              {bounded.length} of {columns.length} columns have a bound. The others are restored exactly.
              {trained && ' A trained model predicts the numbers.'}
            </p>
          </header>
          <ColumnTable columns={columns} total={bytes.length} />
        </section>
      )}
    </>
  );
}

const sentence = ({ stored }: Result): string =>
  stored === 'text'
    ? 'The deflated text is smaller than the compressed columns, so the file contains the deflated text.'
    : 'Each number was restored and compared with the original.';

function ColumnTable({ columns, total }: { readonly columns: Result['columns']; readonly total: number }) {
  const longest = Math.max(...columns.map(({ bytes }) => bytes), 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs the keyboard
    <section class="table" aria-label="Bytes and errors of the columns" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col" class="wide">
              Bytes
            </th>
            <th scope="col">Bound</th>
            <th scope="col">Largest error</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, kind, bytes, bound, maxError }) => (
            <tr key={name}>
              <th scope="row">
                {name} <span class="hint">{kind}</span>
              </th>
              <td>
                <span class="bar-track">
                  <i class="main" style={{ width: `${(bytes / longest) * 100}%` }} />
                </span>
                <span class="number">{bytesText(bytes)}</span>{' '}
                <span class="hint number">{shortNumber((100 * bytes) / total, 2)} %</span>
              </td>
              <td class="number">{bound === undefined ? 'exact' : shortNumber(bound)}</td>
              <td class="number">{shortNumber(maxError)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
