// State, epochs, speed and loss in one line.

import { curve, dataTitle, epochs, model, speed, state, used } from '../../training/client.ts';
import { Actions } from './actions.tsx';

const words = {
  empty: 'No model yet',
  preparing: 'Preparing the data',
  training: 'Training',
  stopped: 'Stopped',
  finished: 'Trained',
  loaded: 'Loaded from a file',
} as const;

export function Status() {
  const total = used.value?.epochs;
  const loss = curve.value.at(-1)?.loss;
  const done = epochs.value === total ? String(total) : epochs.value.toFixed(1);
  return (
    <section class="status card" aria-label="State of the training">
      <header>
        <div class="state">
          <strong role="status">{words[state.value]}</strong>
          <span class="hint">{dataTitle.value || 'Press Train: the page draws digits and learns them.'}</span>
        </div>
        <Actions />
      </header>
      <progress
        max={total ?? 1}
        value={total ? Math.min(epochs.value, total) : 0}
        aria-label="Epochs done"
        aria-valuetext={total ? `${done} of ${total}` : 'none'}
      />
      <dl>
        <div>
          <dt>Epochs</dt>
          <dd>{total ? `${done} of ${total}` : '–'}</dd>
        </div>
        <div>
          <dt>Loss</dt>
          <dd data-value="loss">{loss === undefined ? '–' : loss.toPrecision(3)}</dd>
        </div>
        <div>
          <dt>Samples a second</dt>
          <dd data-value="speed">{speed.value === undefined ? '–' : Math.round(speed.value).toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Parameters</dt>
          <dd>{model.value ? model.value.parameters.toLocaleString('en') : '–'}</dd>
        </div>
      </dl>
    </section>
  );
}
