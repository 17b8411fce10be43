// The frame: navigation, messages, the training of an earlier visit, and the panel.

import { batch } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { message } from './messages.ts';
import { CleanPanel } from './panels/clean/clean-panel.tsx';
import { CompressPanel } from './panels/compress/compress-panel.tsx';
import { GeneratePanel } from './panels/generate/generate-panel.tsx';
import { StrangePanel } from './panels/strange/strange-panel.tsx';
import { TrainPanel } from './panels/train/train-panel.tsx';
import type { Panel } from './settings/definitions.ts';
import { panel, settings } from './settings/state.ts';
import { discardSaved, restoreTraining, savedTraining, state } from './training/client.ts';

interface PanelEntry {
  /** The name in the navigation. */
  readonly label: string;
  readonly title: string;
  /** The task in one sentence. */
  readonly summary: string;
  readonly content: FunctionComponent;
}

const entries: Partial<Readonly<Record<Panel, PanelEntry>>> = {
  train: {
    label: 'Train',
    title: 'Train a model',
    summary: 'Train an autoencoder in this page and watch the reconstructions.',
    content: TrainPanel,
  },
  generate: {
    label: 'Generate',
    title: 'Generate samples',
    summary: 'Draw new samples from the model, and interpolate between two examples.',
    content: GeneratePanel,
  },
  clean: {
    label: 'Clean',
    title: 'Clean a photo',
    summary: 'Remove the noise of a photo.',
    content: CleanPanel,
  },
  compress: {
    label: 'Compress',
    title: 'Compress a table',
    summary: 'Compress a CSV file with a bound on the error of each number.',
    content: CompressPanel,
  },
  strange: {
    label: 'Detect',
    title: 'Find strange rows',
    summary: 'Mark the strange stretches of a series, or the strange rows of a table.',
    content: StrangePanel,
  },
};

function Navigation() {
  return (
    <nav aria-label="Panels">
      <ul>
        {Object.entries(entries).map(([name, { label }]) => (
          <li key={name}>
            <a
              href={`#${name}`}
              aria-current={panel.value === name ? 'page' : undefined}
              onClick={(event) => {
                // The settings of the other panels stay as they are.
                event.preventDefault();
                panel.value = name as Panel;
              }}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Both regions exist from the beginning: screen readers announce changes of regions that they know. */
function Messages() {
  const now = message.value;
  return (
    <div class="messages">
      <div role="alert">{now?.kind === 'fault' && <Text text={now.text} kind="fault" />}</div>
      <div role="status">{now?.kind === 'note' && <Text text={now.text} kind="note" />}</div>
    </div>
  );
}

function Text({ text, kind }: { text: string; kind: 'fault' | 'note' }) {
  return (
    <p class={`message ${kind}`}>
      <span>{text}</span>
      <button
        type="button"
        class="small quiet"
        onClick={() => {
          message.value = undefined;
        }}
      >
        Close<span class="visually-hidden"> message</span>
      </button>
    </p>
  );
}

/** Offers to continue a training whose tab was closed. */
function SavedTraining() {
  const saved = savedTraining.value;
  if (!saved || state.value !== 'empty') return null;
  const goOn = async (): Promise<void> => {
    panel.value = 'train';
    const restored = await restoreTraining();
    if (!restored) return;
    batch(() => {
      settings.kind.value = restored.kind;
      settings.latent.value = restored.latent;
      settings.noise.value = restored.noise;
      settings.learningRate.value = restored.learningRate;
      settings.epochs.value = restored.epochs;
      settings.batchSize.value = restored.batchSize;
      settings.seed.value = restored.seed;
    });
  };
  const time = new Date(saved.time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <section class="saved message note" aria-label="Training of an earlier visit">
      <p>
        A training on {saved.title} stopped after {saved.epochs} of {saved.settings.epochs} epochs ({time}).
      </p>
      <div class="row">
        <button type="button" class="small primary" onClick={goOn}>
          Continue the training
        </button>
        <button type="button" class="small quiet" onClick={discardSaved}>
          Discard
        </button>
      </div>
    </section>
  );
}

export function App() {
  const { title, summary, content: Content } = entries[panel.value] ?? entries.train!;
  useEffect(() => {
    document.title = `${title} · isthmus playground`;
  }, [title]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the panel
      </button>
      <header class="top">
        <p class="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M3 4c0 7 10 8 10 12S3 21 3 28M29 4c0 7-10 8-10 12s10 5 10 12" />
          </svg>
          isthmus <span>playground</span>
        </p>
        <Navigation />
      </header>
      <main id="main" tabIndex={-1}>
        <div class="lead">
          <h1>{title}</h1>
          <p>{summary} No data leaves this page.</p>
        </div>
        <Messages />
        <SavedTraining />
        <Content />
      </main>
    </>
  );
}
