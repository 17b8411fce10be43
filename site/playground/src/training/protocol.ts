// The messages between the page and the worker that trains.

import type { Dataset } from '../data/dataset.ts';
import type { Copies } from '../jobs/protocol.ts';
import type { Form, Kind, ModelSettings } from './model.ts';

/** The state of a training that the page shows. All arrays are new and belong to the page. */
export interface Progress {
  /** Epochs done, with the fraction of the running epoch. */
  readonly epochs: number;
  /** Mean loss of the batches since the previous report. */
  readonly loss: number | undefined;
  /** Loss of the samples that training does not see, after an epoch. */
  readonly validationLoss: number | undefined;
  readonly samplesPerSecond: number | undefined;
  /** Reconstructions of the examples, end to end. */
  readonly reconstructions: Float32Array<ArrayBuffer>;
  /** Points `[x, y]` of the map. Undefined where the report has no new map, and for models without a code of small size. */
  readonly points: Float32Array<ArrayBuffer> | undefined;
  /** Decoded pictures of the nodes of a grid over the map, row by row, from the top left. */
  readonly grid: Float32Array<ArrayBuffer> | undefined;
  /** The square of the map that the grid covers: both axes from `-range` to `range`. */
  readonly range: number;
}

/** Nodes of the grid in each direction. */
export const GRID = 13;

/** The model in the worker. */
export interface ModelInfo {
  readonly form: Form;
  readonly shape: readonly number[];
  /** The kind in the settings. Undefined for a loaded file. */
  readonly kind: Kind | undefined;
  /** Number of values of a code. */
  readonly codeSize: number;
  readonly isVariational: boolean;
  readonly parameters: number;
  readonly summary: string;
  /** The model decodes points of a plane: a code of two values. */
  readonly canWalk: boolean;
}

/** The beginning of a training: the examples, as the model gets them. */
export interface Started {
  readonly info: ModelInfo;
  /** Examples in the range of the output, noise included. */
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer> | undefined;
  readonly lossName: string;
}

/** A training that another visit of the page left. */
export interface Saved {
  readonly id: string;
  readonly title: string;
  readonly settings: ModelSettings;
  readonly epochs: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Gets a report. Resolves when the page has drawn it. */
export type OnProgress = (progress: Progress) => Promise<void>;

export type Outcome = 'finished' | 'stopped';

export interface TrainingWorker {
  drawDigits(
    count: number,
    seed: number,
  ): Promise<{ images: Uint8Array<ArrayBuffer>; labels: Uint8Array<ArrayBuffer> }>;
  start(dataset: Dataset, settings: ModelSettings): Promise<Started>;
  /** Trains until `epochs` are done or `stop` is called. */
  train(settings: ModelSettings, onProgress: OnProgress): Promise<Outcome>;
  stop(): void;
  reset(): Promise<void>;
  decode(code: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  generate(count: number, seed: number): Promise<Float32Array<ArrayBuffer>>;
  interpolate(from: number, to: number, steps: number): Promise<Float32Array<ArrayBuffer>>;
  save(): Promise<Uint8Array<ArrayBuffer>>;
  exportTo(format: 'onnx' | 'c'): Promise<Uint8Array<ArrayBuffer>>;
  /** The data as a `.npy` file. */
  data(): Promise<Uint8Array<ArrayBuffer>>;
  copies(): Promise<Copies>;
  load(bytes: Uint8Array, name: string): Promise<ModelInfo>;
  /** Stores the training now. */
  store(): Promise<void>;
  saved(): Promise<Saved | undefined>;
  restore(
    id: string,
  ): Promise<{ started: Started; settings: ModelSettings; dataset: Dataset; history: [number, number][] }>;
  discard(id: string): Promise<void>;
}
