// The type of a recipe. Each file in results/recipes exports one as `recipe`.

import type { AutoencoderSpec, FitOptions, Model, TrainingSamples } from 'isthmus';
import type { Digits } from '../tools/digits/load.ts';

/** Numbers by the name of what they measure. */
export type Figures = Readonly<Record<string, number>>;

export interface Picture {
  readonly png: Uint8Array;
  /** A description of each row. */
  readonly caption: string;
}

export interface Result {
  /** The required figures come first, then others for comparison. */
  readonly figures: Figures;
  /** The calls as code that a reader can copy: see `codeOf`. */
  readonly settings: string;
  readonly pictures: readonly Picture[];
  /** The file of a model, for other recipes. */
  readonly model?: Uint8Array;
}

export interface Recipe {
  /** The name of its file, and of the option `--only`. */
  readonly name: string;
  readonly title: string;
  /** Two or three sentences for the page: the task, and the comparison of its figures. */
  readonly about: string;
  /** The limit that each figure must reach, by its name. */
  readonly required: Figures;
  /** A more ambitious limit. */
  readonly goal: Figures;
  /** Names of figures of which a higher value is better. Of the others a lower value is better. */
  readonly higher?: readonly string[];
  /** Decimals on the page. Default 4. */
  readonly decimals?: number;
  /** Names of recipes whose models this one uses. They run first. */
  readonly needs?: readonly string[];
  run(context: Context): Promise<Result>;
}

/** The seed and the options of `fit`. The context adds progress, Ctrl-C and checkpoints. */
export interface Training extends Omit<FitOptions, 'onBatchEnd' | 'onEpochEnd' | 'signal' | 'resume' | 'seed'> {
  readonly epochs: number;
  readonly seed: number;
}

/** The environment of a recipe. */
export interface Context {
  /** True for few samples and steps, which show that the recipe runs. */
  readonly quick: boolean;
  /** The digits of MNIST; with `quick` only the first ones. */
  digits(): Promise<Digits>;
  /** A path in the folder of data. Errors: MissingData where it does not exist. */
  file(...path: string[]): string;
  /**
   * Trains a model: `fit(await autoencoder(spec, { seed }), x, options)`. It continues where an interrupted run stopped.
   * A recipe that trains several models gives each a name.
   */
  train(spec: AutoencoderSpec, x: TrainingSamples, training: Training, name?: string): Promise<Model>;
  /** The model of another recipe, which runs first if it has no result. */
  model(recipe: string): Promise<Model>;
}

/** This machine lacks the data of a recipe. The recipe is left out, and the page keeps its last figures. */
export class MissingData extends Error {
  override name = 'MissingData';
}
