// The strange stretches as a list, and the series with the stretches marked.
import { useSignal } from '@preact/signals';
import { saveAs } from '../../components/files.tsx';
import { shortNumber } from '../../components/numbers.ts';
import { SeriesPlot } from './series-plot.tsx';
import type { Result } from './strange-panel.tsx';

/** Columns that are drawn. */
const MAXIMUM_PLOTS = 6;
/** Stretches in the list. The file has all. */
const MAXIMUM_LISTED = 100;

const scoreLines = [
  { label: 'Score', colour: 'accent', width: 1.5 },
  { label: 'Threshold', colour: 'mark', width: 1, dash: [6, 4] },
];

function count({ stretches, window }: Result): string {
  if (stretches.length === 0) return 'No row is strange';
  const noun = window === 1 ? 'row' : 'stretch';
  const plural = window === 1 ? 'rows' : 'stretches';
  return `${stretches.length.toLocaleString('en')} strange ${stretches.length === 1 ? noun : plural}`;
}

/** The scores of all rows as CSV. */
function scoresCsv({ scores, positions, hasTimes }: Result): string {
  const lines = Array.from(scores, (score, i) => {
    const position = positions[i]!;
    return `${hasTimes ? new Date(position * 1000).toISOString() : position},${shortNumber(score, 6)}`;
  });
  return `${hasTimes ? 'time' : 'row'},score\n${lines.join('\n')}\n`;
}

export function StrangeResult({ result }: { readonly result: Result }) {
  const selected = useSignal<number | undefined>(undefined);
  const { columns, scores, stretches, notes, window, seconds } = result;
  const drawn = columns.slice(0, MAXIMUM_PLOTS);
  return (
    <>
      <section class="card" aria-labelledby="found-title">
        <header>
          <h2 id="found-title">
            <span role="status">{count(result)}</span>
          </h2>
          <p class="hint">
            {result.name}: {scores.length.toLocaleString('en')} rows
            {window > 1 && `, windows of ${window} rows`}, {shortNumber(seconds)} s
          </p>
        </header>
        {notes.map((text) => (
          <p class="hint" key={text}>
            {text}
          </p>
        ))}
        {stretches.length === 0 ? (
          <p>All rows resemble each other. A higher rate of false alarms marks more rows.</p>
        ) : (
          <Stretches result={result} selected={selected.value} onSelect={(index) => (selected.value = index)} />
        )}
        <div class="line">
          <button type="button" onClick={() => saveAs(`${result.name}.scores.csv`, 'text/csv', scoresCsv(result))}>
            Save the scores
          </button>
        </div>
      </section>
      <section class="card" aria-labelledby="series-title">
        <header>
          <h2 id="series-title">Series</h2>
          {columns.length > MAXIMUM_PLOTS && (
            <p class="hint">
              The first {MAXIMUM_PLOTS} of {columns.length} columns
            </p>
          )}
        </header>
        {drawn.map(({ name, values }) => (
          <SeriesPlot
            key={name}
            strange={result}
            title={name}
            values={values}
            lines={[{ label: name, colour: 'ink', width: 1 }]}
            height={110}
            selected={selected.value}
          />
        ))}
        <SeriesPlot
          strange={result}
          title="Score"
          values={scores}
          lines={scoreLines}
          height={150}
          level={1}
          hasAxis
          selected={selected.value}
        />
      </section>
    </>
  );
}

interface StretchesProps {
  readonly result: Result;
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
}

function Stretches({ result: { stretches }, selected, onSelect }: StretchesProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs the keyboard
    <section class="table" aria-label="Strange stretches" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Score</th>
            <th scope="col">Columns</th>
          </tr>
        </thead>
        <tbody>
          {stretches.slice(0, MAXIMUM_LISTED).map(({ from, to, score, columns }, i) => (
            <tr key={from} class={i === selected ? 'selected' : ''}>
              <td>
                <button type="button" class="link" aria-pressed={i === selected} onClick={() => onSelect(i)}>
                  {from}
                </button>
              </td>
              <td>{to}</td>
              <td class="number">{shortNumber(score)}</td>
              <td>
                {columns
                  .slice(0, 3)
                  .map(({ name, share }) => `${name} ${Math.round(100 * share)} %`)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {stretches.length > MAXIMUM_LISTED && (
        <p class="hint">
          The first {MAXIMUM_LISTED} of {stretches.length.toLocaleString('en')}
        </p>
      )}
    </section>
  );
}
