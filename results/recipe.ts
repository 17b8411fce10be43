// What a recipe is: one file in results/recipes, which exports it as `recipe`.

import type { AutoencoderSpec, FitOptions, Model, TrainingSamples } from 'isthmus';
import type { Digits } from '../tools/digits/load.ts';

/** Numbers by what they measure. */
export type Figures = Readonly<Record<string, number>>;

export interface Picture {
  readonly png: Uint8Array;
  /** What it shows, row by row. */
  readonly caption: string;
}

export interface Result {
  /** Those that were asked for first; others stand beside them for scale. */
  readonly figures: Figures;
  /** The call that was made, as code that a reader can copy: see `codeOf`. */
  readonly settings: string;
  readonly pictures: readonly Picture[];
  /** The file of a model that other recipes use. */
  readonly model?: Uint8Array;
}

export interface Recipe {
  /** The name of its file, and of the option `--only`. */
  readonly name: string;
  readonly title: string;
  /** Two or three sentences for the page: what it is, and what its figures are compared with. */
  readonly about: string;
  /** What must be reached, by the name of a figure. */
  readonly asked: Figures;
  /** What is hoped for. */
  readonly aim: Figures;
  /** Figures that are better when they are higher. The others are better when lower. */
  readonly higher?: readonly string[];
  /** Digits behind the point on the page. Default 4. */
  readonly decimals?: number;
  /** Recipes whose models it asks for: they run before it. */
  readonly needs?: readonly string[];
  run(context: Context): Promise<Result>;
}

/** Seed and options as `fit` takes them. The context adds progress, Ctrl-C and checkpoints. */
export interface Training extends Omit<FitOptions, 'onBatchEnd' | 'onEpochEnd' | 'signal' | 'resume' | 'seed'> {
  readonly epochs: number;
  readonly seed: number;
}

/** What a recipe works with. */
export interface Context {
  /** Small data and few steps: to see that all of it works. */
  readonly quick: boolean;
  /** The digits; with `quick` the first few. */
  digits(): Promise<Digits>;
  /** A path in the folder of data. Errors: MissingData when nothing is there. */
  file(...path: string[]): string;
  /**
   * A trained model: `fit(await autoencoder(spec, { seed }), x, options)`, which goes on where an interrupted run
   * stopped. A recipe that trains several models names each.
   */
  train(spec: AutoencoderSpec, x: TrainingSamples, training: Training, name?: string): Promise<Model>;
  /** The model that another recipe has kept; it runs first if it has not. */
  model(recipe: string): Promise<Model>;
}

/** Data that a recipe needs and this machine does not have: it is left out, and the page keeps what it had. */
export class MissingData extends Error {
  override name = 'MissingData';
}
