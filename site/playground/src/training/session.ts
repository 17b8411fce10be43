// One model in the worker, its data, and the training of it.
import {
  autoencoder,
  fit,
  fitMixture,
  interpolate,
  latentMap,
  loadCheckpoint,
  loadModel,
  type Model,
  sample,
  saveCheckpoint,
  saveModel,
} from 'isthmus';
import { describeSamples, withDescription } from '../../../../jobs/train/data-description.ts';
import { fitOptionsOf, specOf } from '../../../../jobs/train/model.ts';
import { splitSamples } from '../../../../jobs/train/split.ts';
import { type Dataset, type Parts, partsOf, sampleSize } from '../data/dataset.ts';
import type { Copies } from '../jobs/protocol.ts';
import { trainCopies } from './copies.ts';
import { gridCodes, rangeOf } from './map-grid.ts';
import { type ModelSettings, samplesOf, trainSettings } from './model.ts';
import { formOf, modelInfo } from './model-info.ts';
import { noisyExamples } from './noise.ts';
import { npyBytes } from './npy.ts';
import type { ModelInfo, OnProgress, Outcome, Progress, Started } from './protocol.ts';
import { forget, type StoredTraining, storeData, storeState } from './store.ts';

/** Milliseconds between two reports: five a second. */
const REPORT_INTERVAL = 200;
/** Reports from one map to the next: a map costs about ten times the reconstructions. */
const MAP_REPORTS = 3;
/** Samples on the map. */
const MAP_SAMPLES = 400;
/** Cores at which the training waits for the page. */
const FEW_CORES = 2;
/** Maximum milliseconds of such a wait. */
const LONGEST_WAIT = 150;
/** Milliseconds between two states in the storage of the browser. */
const STORE_INTERVAL = 4000;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Session {
  readonly #id: string;
  #model: Model | undefined;
  #dataset: Dataset | undefined;
  #parts: Parts | undefined;
  #inputs = new Float32Array(0);
  #settings: ModelSettings | undefined;
  #abort: AbortController | undefined;
  #training: Promise<Outcome> | undefined;
  #storedData = false;
  #canStore = true;
  #lastStored = 0;
  #history: [number, number][] = [];

  constructor(id: string) {
    this.#id = id;
  }

  get model(): Model {
    if (!this.#model) throw new Error('There is no model yet. Train one, or load a file.');
    return this.#model;
  }

  /** Makes a new model for the data. */
  async start(dataset: Dataset, settings: ModelSettings): Promise<Started> {
    await this.reset();
    this.#model = await autoencoder(specOf(trainSettings(settings, dataset)), { seed: settings.seed });
    this.#storedData = false;
    return this.#use(dataset, settings);
  }

  /** Continues a stored training. */
  async restore({ checkpoint, dataset, settings, history }: StoredTraining): Promise<Started> {
    await this.reset();
    this.#model = (await loadCheckpoint(checkpoint)).model;
    this.#history = history.slice();
    return this.#use(dataset, settings);
  }

  #use(dataset: Dataset, settings: ModelSettings): Started {
    this.#dataset = dataset;
    this.#settings = settings;
    this.#parts = partsOf(dataset, trainSettings(settings, dataset).validation);
    const { examples } = this.#parts;
    const scale = examples instanceof Uint8Array ? 1 / 255 : 1;
    const clean = Float32Array.from(examples, (value) => value * scale);
    const isDenoising = settings.kind === 'denoising';
    const pictureNoise = settings.noise || (isDenoising ? 0.25 : 0);
    // The noise of rows and sound is measured in deviations of their columns, which the model learns.
    const noise = dataset.form === 'picture' ? pictureNoise : 0;
    this.#inputs = noisyExamples(clean, noise, dataset.form === 'picture');
    const lossName = this.model.spec.loss === 'binaryCrossentropy' ? 'binary cross-entropy' : 'mean squared error';
    return {
      info: modelInfo(this.model, settings, dataset.form),
      inputs: this.#inputs.slice(),
      labels: this.#mapLabels(),
      lossName,
    };
  }

  async train(settings: ModelSettings, onProgress: OnProgress): Promise<Outcome> {
    if (this.#training) throw new Error('The model is being trained already.');
    this.#training = this.#run(settings, onProgress);
    try {
      return await this.#training;
    } finally {
      this.#training = undefined;
    }
  }

  async #run(settings: ModelSettings, onProgress: OnProgress): Promise<Outcome> {
    const { model } = this;
    const parts = this.#parts!;
    const dataset = this.#dataset!;
    this.#settings = settings;
    this.#abort = new AbortController();
    let sum = 0;
    let samples = 0;
    let reports = 0;
    let since = performance.now();
    let validationLoss: number | undefined;
    this.#lastStored = since;
    const report = async (epochs: number, isLast = false): Promise<void> => {
      const now = performance.now();
      const loss = samples ? sum / samples : undefined;
      if (loss !== undefined) this.#history.push([epochs, loss]);
      const drawn = onProgress({
        epochs,
        loss,
        validationLoss,
        samplesPerSecond: samples ? (samples / (now - since)) * 1000 : undefined,
        ...this.#pictures(isLast || reports++ % MAP_REPORTS === 0),
      });
      sum = 0;
      samples = 0;
      validationLoss = undefined;
      // With one or two cores the training waits until the page has drawn: else each frame shares its core with the training.
      if (navigator.hardwareConcurrency <= FEW_CORES) await Promise.race([drawn, pause(LONGEST_WAIT)]);
      since = performance.now();
    };
    const wasTrained = model.history !== undefined;
    await report(model.history?.epoch ?? 0, true);
    try {
      await fit(model, parts.training, {
        ...fitOptionsOf(trainSettings(settings, dataset)),
        seed: settings.seed,
        ...(parts.validation && { validationData: parts.validation }),
        signal: this.#abort.signal,
        resume: wasTrained,
        onBatchEnd: async (batch, { epoch, batches, size, loss }) => {
          sum += loss * size;
          samples += size;
          const now = performance.now();
          if (now - since > REPORT_INTERVAL) await report(epoch + (batch + 1) / (batches ?? 1));
          if (now - this.#lastStored > STORE_INTERVAL) await this.store();
        },
        onEpochEnd: async (epoch, { valLoss }) => {
          validationLoss = valLoss;
          // A short epoch must not lose its validation loss in the report of a later one.
          if (samples && performance.now() - since > REPORT_INTERVAL / 2) await report(epoch + 1);
        },
      });
      await report(model.history!.epoch, true);
      await this.store();
      return 'finished';
    } catch (error) {
      if (error !== this.#abort.signal.reason) throw error;
      const { epoch, partial } = model.history ?? { epoch: 0, partial: { samples: 0 } };
      await report(epoch + partial.samples / Math.max(1, parts.training.length / sampleSize(dataset)), true);
      await this.store();
      return 'stopped';
    }
  }

  stop(): void {
    this.#abort?.abort();
  }

  async reset(): Promise<void> {
    this.stop();
    await this.#training?.catch(() => {});
    this.#model = undefined;
    this.#history = [];
    if (this.#storedData) await forget(this.#id).catch(() => {});
    this.#storedData = false;
  }

  #mapSamples(): Dataset['values'] {
    return this.#parts!.training.subarray(0, MAP_SAMPLES * sampleSize(this.#dataset!)) as Dataset['values'];
  }

  #mapLabels(): Started['labels'] {
    // The samples of the map are those of the training, without those for validation.
    const labels = this.#dataset?.labels;
    if (!labels || !this.#settings) return undefined;
    const { validation } = trainSettings(this.#settings, this.#dataset!);
    const split = splitSamples({ kind: 'rows', shape: [1], count: labels.length, x: labels, notes: [] }, validation);
    return split.train.x.slice(0, MAP_SAMPLES) as Uint8Array<ArrayBuffer>;
  }

  /** Reconstructions of the examples, and, if asked for, the map. */
  #pictures(withMap: boolean): Pick<Progress, 'reconstructions' | 'points' | 'grid' | 'range'> {
    const { model } = this;
    const reconstructions = model.reconstruct(this.#inputs);
    const codeSize = model.latentShape.reduce((product, length) => product * length, 1);
    const hasMap = withMap && codeSize <= 256 && this.#settings?.kind !== 'denoising';
    if (!hasMap) return { reconstructions, points: undefined, grid: undefined, range: 1 };
    const points = latentMap(model, this.#mapSamples());
    const range = rangeOf(points);
    return { reconstructions, points, grid: codeSize === 2 ? model.decode(gridCodes(range)) : undefined, range };
  }

  /** Samples from the model. A model that is not variational gets its codes from a mixture that is fitted to the data. */
  generate(count: number, seed: number): Float32Array<ArrayBuffer> {
    const { model } = this;
    if (model.spec.latent?.type === 'variational') return sample(model, count, { seed });
    if (!this.#parts || this.#settings?.kind === 'denoising')
      throw new Error('This model has no code to draw samples from. Train a variational model.');
    const codes = this.#mapSamples();
    const components = Math.min(10, Math.max(1, Math.floor(codes.length / sampleSize(this.#dataset!) / 4)));
    return sample(model, count, { seed, from: fitMixture(model, codes, { components, seed }) });
  }

  interpolate(from: number, to: number, steps: number): Float32Array<ArrayBuffer> {
    const size =
      this.#inputs.length / Math.max(1, this.#parts ? this.#parts.examples.length / sampleSize(this.#dataset!) : 1);
    if (!this.#parts) throw new Error('The samples between two examples need data. Train the model on some first.');
    const example = (index: number) => this.#inputs.slice(index * size, (index + 1) * size);
    return interpolate(this.model, example(from), example(to), steps);
  }

  save(): Uint8Array<ArrayBuffer> {
    const bytes = saveModel(this.model);
    if (!this.#dataset || !this.#settings) return bytes;
    // With the description the command line reads later data as this page did.
    const settings = trainSettings(this.#settings, this.#dataset);
    return withDescription(bytes, describeSamples(samplesOf(this.#dataset), {}, settings));
  }

  /** The data and the settings of the current model. Errors: for a model from a file. */
  #trained(): { dataset: Dataset; settings: ModelSettings } {
    if (!this.#dataset || !this.#settings)
      throw new Error('The model comes from a file. Train one in this page first.');
    return { dataset: this.#dataset, settings: this.#settings };
  }

  data(): Uint8Array<ArrayBuffer> {
    const { dataset } = this.#trained();
    const count = dataset.values.length / sampleSize(dataset);
    return npyBytes(dataset.values, [count, ...dataset.shape]);
  }

  copies(): Copies {
    const { dataset, settings } = this.#trained();
    return trainCopies(dataset, settings);
  }

  async exportTo(format: 'onnx' | 'c'): Promise<Uint8Array<ArrayBuffer>> {
    if (format === 'onnx') return (await import('isthmus/onnx')).toOnnx(this.model);
    const { toC } = await import('isthmus/c');
    return new TextEncoder().encode(toC(this.model));
  }

  async load(bytes: Uint8Array<ArrayBuffer>): Promise<ModelInfo> {
    const model = await loadModel(bytes);
    await this.reset();
    this.#model = model;
    this.#dataset = undefined;
    this.#parts = undefined;
    this.#settings = undefined;
    return modelInfo(model, undefined, formOf(model.inputShape));
  }

  /** Stores the training in the browser. Where that fails, the page is told once and training continues. */
  async store(): Promise<void> {
    this.#lastStored = performance.now();
    if (!this.#canStore || !this.#model?.history || !this.#dataset || !this.#settings) return;
    try {
      if (!this.#storedData) await storeData(this.#id, this.#dataset);
      this.#storedData = true;
      const { epoch } = this.#model.history;
      const { title } = this.#dataset;
      const checkpoint = saveCheckpoint(this.#model);
      const state = { id: this.#id, title, settings: this.#settings, epochs: epoch, time: Date.now(), checkpoint };
      await storeState(this.#id, { ...state, history: this.#history });
    } catch {
      this.#canStore = false;
    }
    this.#lastStored = performance.now();
  }
}
