// The buttons that train, stop, continue, restart and reset.
import { presentData } from '../../data/source.ts';
import { note } from '../../messages.ts';
import { settings } from '../../settings/state.ts';
import { continueTraining, epochs, resetTraining, startTraining, state, stopTraining } from '../../training/client.ts';
import { pad } from './draw-pad.tsx';
import { asksForNewModel, continuedSettings, modelSettings } from './settings.ts';

/** Epochs that are added to a finished training. */
const ADDED_EPOCHS = 20;

/** On narrow screens the results are below the settings: a training scrolls to the results. */
function showResults(): void {
  if (!matchMedia('(max-width: 900px)').matches) return;
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';
  document.querySelector('.results')?.scrollIntoView({ behavior, block: 'start' });
}

function startNew(): void {
  pad.add();
  showResults();
  startTraining(presentData, modelSettings());
}

function goOn(): void {
  if (settings.epochs.value <= Math.floor(epochs.value))
    settings.epochs.value = Math.min(1000, Math.floor(epochs.value) + ADDED_EPOCHS);
  continueTraining(continuedSettings());
}

interface Action {
  readonly label: string;
  readonly run: () => void;
  readonly disabled?: boolean;
}

function primaryAction(): Action {
  switch (state.value) {
    case 'preparing':
      return { label: 'Preparing …', run: () => {}, disabled: true };
    case 'training':
      return { label: 'Stop', run: stopTraining };
    case 'stopped':
    case 'finished': {
      if (asksForNewModel.value) return { label: 'Train a new model', run: startNew };
      const isDone = settings.epochs.value <= Math.floor(epochs.value);
      return { label: isDone ? `${ADDED_EPOCHS} more epochs` : 'Go on', run: goOn };
    }
    default:
      return { label: 'Train', run: startNew };
  }
}

export function Actions() {
  const { label, run, disabled = false } = primaryAction();
  const canReset = state.value === 'stopped' || state.value === 'finished' || state.value === 'loaded';
  const canStartAgain = canReset && state.value !== 'loaded' && !asksForNewModel.value;
  return (
    <div class="actions">
      {/* One element for all primary actions: the focus stays on it. */}
      <button type="button" class="primary" onClick={run} aria-disabled={disabled}>
        {label}
      </button>
      {canStartAgain && (
        <button type="button" onClick={startNew}>
          Start again
        </button>
      )}
      {canReset && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            resetTraining();
            note('The model was removed.');
          }}
        >
          Reset
        </button>
      )}
    </div>
  );
}
