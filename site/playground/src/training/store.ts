// Trainings in the storage of the browser, so that a closed tab loses at most some seconds.
import { createStore, del, entries, get, set, type UseStore } from 'idb-keyval';
import type { Dataset } from '../data/dataset.ts';
import type { Saved } from './protocol.ts';

/** The latest state of a training. */
export interface StoredState extends Saved {
  readonly checkpoint: Uint8Array<ArrayBuffer>;
  /** The loss curve: epochs done and loss. */
  readonly history: [number, number][];
}

/** A training that can continue, with its data. */
export interface StoredTraining extends StoredState {
  readonly dataset: Dataset;
}

let stores: { states: UseStore; data: UseStore } | undefined;

/** The databases are opened at first use: opening fails where the browser forbids storage. */
function open(): { states: UseStore; data: UseStore } {
  stores ??= { states: createStore('isthmus-states', 'states'), data: createStore('isthmus-data', 'data') };
  return stores;
}

/** Trainings of one tab have one id. A lock with this name is held as long as the tab is open. */
export const lockName = (id: string): string => `isthmus-training-${id}`;

/** Stores the data once, before the first state. */
export const storeData = (id: string, dataset: Dataset): Promise<void> => set(id, dataset, open().data);

export const storeState = (id: string, state: StoredState): Promise<void> => set(id, state, open().states);

export async function forget(id: string): Promise<void> {
  await del(id, open().states);
  await del(id, open().data);
}

/** The trainings of tabs that are closed, the latest first. */
async function left(): Promise<StoredState[]> {
  const states = (await entries<string, StoredState>(open().states)).map(([, state]) => state);
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const names = new Set(held.map(({ name }) => name));
  return states.filter(({ id }) => !names.has(lockName(id))).sort((a, b) => b.time - a.time);
}

/** The latest training that was left. Older ones are deleted. */
export async function latest(): Promise<Saved | undefined> {
  const [first, ...others] = await left();
  for (const { id } of others) await forget(id);
  if (!first) return undefined;
  const { checkpoint: _checkpoint, history: _history, ...saved } = first;
  return saved;
}

export async function read(id: string): Promise<StoredTraining> {
  const state = await get<StoredState>(id, open().states);
  const dataset = await get<Dataset>(id, open().data);
  if (!state || !dataset) throw new Error('The browser has deleted the training. Start a new one.');
  return { ...state, dataset };
}
