// The training as signals of the page. The worker starts at first use.
import { batch, computed, signal } from '@preact/signals';
import { proxy, type Remote, wrap } from 'comlink';
import type { Dataset } from '../data/dataset.ts';
import { attempt, fail, note } from '../messages.ts';
import type { ModelSettings } from './model.ts';
import type { ModelInfo, Progress, Saved, Started, TrainingWorker } from './protocol.ts';

export type State = 'empty' | 'preparing' | 'training' | 'stopped' | 'finished' | 'loaded';

/** A point of a curve. */
export interface CurvePoint {
  readonly epochs: number;
  readonly loss: number;
}

export const state = signal<State>('empty');
export const started = signal<Started | undefined>(undefined);
export const model = signal<ModelInfo | undefined>(undefined);
export const dataTitle = signal('');
/** The settings of the current model. */
export const used = signal<ModelSettings | undefined>(undefined);
export const curve = signal<readonly CurvePoint[]>([]);
export const validationCurve = signal<readonly CurvePoint[]>([]);
export const speed = signal<number | undefined>(undefined);
export const epochs = signal(0);
export const reconstructions = signal<Float32Array | undefined>(undefined);
export const map = signal<{ points: Float32Array; grid: Float32Array | undefined; range: number } | undefined>(
  undefined,
);
export const walk = signal<{ x: number; y: number }>({ x: 0, y: 0 });
export const walked = signal<Float32Array | undefined>(undefined);
export const savedTraining = signal<Saved | undefined>(undefined);
/** Grows with every change of the weights. */
export const version = signal(0);
export const isBusy = computed(() => state.value === 'training' || state.value === 'preparing');

let remote: Remote<TrainingWorker> | undefined;

export function worker(): Remote<TrainingWorker> {
  if (remote) return remote;
  const thread = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  thread.addEventListener('error', (event) => {
    event.preventDefault();
    fail(new Error(event.message || 'The worker that trains could not be started. Reload the page.'));
    state.value = 'empty';
    remote = undefined;
    thread.terminate();
  });
  remote = wrap<TrainingWorker>(thread);
  return remote;
}

/** Changes of the page that wait for their frame. */
const waiting: (() => void)[] = [];

/** Makes one change in each frame: all changes of a report in one frame would make it a long one. */
function inFrames(...changes: (() => void)[]): void {
  const isIdle = waiting.length === 0;
  waiting.push(...changes);
  // A page in the background has no frames.
  if (document.hidden) for (const change of waiting.splice(0)) change();
  else if (isIdle) requestAnimationFrame(nextChange);
}

function nextChange(): void {
  waiting.shift()?.();
  if (waiting.length > 0) requestAnimationFrame(nextChange);
}

function clear(): void {
  waiting.length = 0;
  curve.value = [];
  validationCurve.value = [];
  speed.value = undefined;
  epochs.value = 0;
  reconstructions.value = undefined;
  map.value = undefined;
  walked.value = undefined;
  walk.value = { x: 0, y: 0 };
}

/** Shows a report. Resolves when the page has drawn all of it. */
function receive(progress: Progress): Promise<void> {
  const { loss, validationLoss, points, grid, range } = progress;
  const showNumbers = (): void => {
    epochs.value = progress.epochs;
    if (loss !== undefined) curve.value = [...curve.value, { epochs: progress.epochs, loss }];
    if (validationLoss !== undefined)
      validationCurve.value = [...validationCurve.value, { epochs: progress.epochs, loss: validationLoss }];
    if (progress.samplesPerSecond !== undefined) speed.value = progress.samplesPerSecond;
    version.value++;
  };
  const showSamples = (): void => {
    reconstructions.value = progress.reconstructions;
    if (model.value?.canWalk) decodeWalk();
  };
  const showMap = (): void => {
    if (points) map.value = { points, grid, range };
  };
  return new Promise((resolve) => {
    inFrames(showSamples, () => batch(showNumbers), ...(points ? [showMap] : []), resolve);
  });
}

async function run(settings: ModelSettings): Promise<void> {
  state.value = 'training';
  used.value = settings;
  try {
    state.value = await worker().train(settings, proxy(receive));
  } catch (error) {
    state.value = 'stopped';
    throw error;
  }
}

function begin(result: Started, dataset: Pick<Dataset, 'title'>, settings: ModelSettings): void {
  batch(() => {
    clear();
    started.value = result;
    model.value = result.info;
    dataTitle.value = dataset.title;
    used.value = settings;
  });
}

/** Trains a new model. `prepare` gives the data; it may take time. */
export async function startTraining(prepare: () => Promise<Dataset>, settings: ModelSettings): Promise<void> {
  const previous = state.value;
  state.value = 'preparing';
  try {
    const dataset = await prepare();
    begin(await worker().start(dataset, settings), dataset, settings);
  } catch (error) {
    state.value = previous;
    return fail(error);
  }
  await attempt(() => run(settings));
}

/** Continues the training of the current model. */
export const continueTraining = (settings: ModelSettings): Promise<unknown> => attempt(() => run(settings));

export const stopTraining = (): void => {
  worker().stop();
};

export async function resetTraining(): Promise<void> {
  await attempt(() => worker().reset());
  batch(() => {
    clear();
    started.value = undefined;
    model.value = undefined;
    used.value = undefined;
    state.value = 'empty';
  });
}

export async function findSaved(): Promise<void> {
  // Without storage no training can continue.
  savedTraining.value = await worker()
    .saved()
    .catch(() => undefined);
}

/** Continues the training of an earlier visit. Gives the settings of the training. */
export async function restoreTraining(): Promise<ModelSettings | undefined> {
  const saved = savedTraining.value;
  if (!saved) return undefined;
  const restored = await attempt(() => worker().restore(saved.id));
  savedTraining.value = undefined;
  if (!restored) return undefined;
  begin(restored.started, restored.dataset, restored.settings);
  curve.value = restored.history.map(([done, loss]) => ({ epochs: done, loss }));
  const settings = { ...restored.settings, epochs: Math.max(restored.settings.epochs, saved.epochs + 1) };
  attempt(() => run(settings));
  return settings;
}

export async function discardSaved(): Promise<void> {
  const saved = savedTraining.value;
  savedTraining.value = undefined;
  if (saved) await attempt(() => worker().discard(saved.id));
}

export async function loadFile(file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const info = await worker().load(bytes, file.name);
  batch(() => {
    clear();
    started.value = undefined;
    model.value = info;
    used.value = undefined;
    dataTitle.value = file.name;
    state.value = 'loaded';
    version.value++;
  });
  note(
    `${file.name}: a model of ${info.parameters.toLocaleString('en')} parameters for samples of shape ${info.shape.join(' × ')}.`,
  );
}

let decoding = false;
let isStale = false;

/** Decodes the point of the map. One request runs at a time; the latest point follows. */
export async function decodeWalk(): Promise<void> {
  if (decoding) {
    isStale = true;
    return;
  }
  decoding = true;
  do {
    isStale = false;
    const { x, y } = walk.value;
    walked.value = await worker()
      .decode(Float32Array.of(x, y))
      .catch(() => undefined);
  } while (isStale);
  decoding = false;
}
