// Divides the kernels of a training step among threads over a shared memory. One thread computes each sum, over all samples in
// their order, so strict results have the same bits as with one thread.

import { maxOf } from '../core/portable-math.ts';
import type { Engine, Instances } from '../engine/engine.ts';
import { type DividedLayer, Divider, nanoseconds, UNDO_VALUES, updateRanges } from '../threads/shared/divide.ts';
import { shareMemory } from '../threads/shared/share-memory.ts';
import type { Job, Team } from '../threads/shared/team.ts';
import { Trial } from '../threads/shared/trial.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { SCRATCH_BYTES } from '../wasm/memory.ts';
import type { UpdateCall } from './optimizers/optimizer.ts';
import { PartsTraining, reasonAgainstParts } from './parallel-parts.ts';
import type { TrainingStep } from './plan/step.ts';
import type { Trainer } from './trainer.ts';

/** Work that takes one thread less time is not divided: posting a job and waiting for its shares takes 1 to 2 µs. */
const MIN_NANOSECONDS = 10_000;
/** Estimated time of an optimizer for one weight, in ns. */
const UPDATE_NANOSECONDS = 0.4;
/** Updates that take one thread less time are not divided. Other threads have read the weights: see Divider.update. */
const MIN_UPDATE_NANOSECONDS = 1000;

export interface ParallelTraining {
  /** Ends the threads and moves the model back to a memory that is not shared. */
  end(): Promise<void>;
}

/** Runs a job that is recorded once for each number of rows. */
class Jobs {
  readonly #team: Team;
  readonly #jobs = new Map<number, Job | undefined>();

  constructor(team: Team) {
    this.#team = team;
  }

  /** False where the work is not divided: the calling thread then does all of it. */
  run(rows: number, record: () => Job | undefined): boolean {
    if (!this.#team.isActive) return false;
    if (!this.#jobs.has(rows)) this.#jobs.set(rows, record());
    const job = this.#jobs.get(rows);
    if (job) this.#team.run(job);
    return job !== undefined;
  }
}

/** A step with the results of `step` that divides its work among threads. */
function divideStep(step: TrainingStep, layer: DividedLayer, divider: Divider, team: Team): TrainingStep {
  const { definition, call } = step;
  const { rowwise, gradientParts: parts } = definition;
  if (!rowwise) return step;
  const [forward, activation, gradients] = [new Jobs(team), new Jobs(team), new Jobs(team)];
  const time = nanoseconds(layer);
  const pays = (passes: number): boolean => call.rows * time * passes >= MIN_NANOSECONDS;
  const activationPays = (): boolean => call.rows * call.outputSize * 0.4 >= MIN_NANOSECONDS;
  return {
    ...step,
    definition: {
      ...definition,
      forward(kernels, c, o) {
        const record = (): Job | undefined =>
          pays(1) ? divider.rows(layer, (k, rowsCall) => definition.forward(k, rowsCall, o)) : undefined;
        if (!forward.run(c.rows, record)) definition.forward(kernels, c, o);
      },
      backward(kernels, c, o) {
        if (!parts) {
          const record = (): Job | undefined =>
            !call.weights.length && pays(1)
              ? divider.rows(layer, (k, rowsCall) => definition.backward(k, rowsCall, o))
              : undefined;
          if (!gradients.run(c.rows, record)) definition.backward(kernels, c, o);
          return;
        }
        const recordActivation = (): Job | undefined =>
          activationPays()
            ? divider.inPlace(layer, (k, rowsCall) => parts.activationGradient(k, rowsCall, o))
            : undefined;
        if (!activation.run(c.rows, recordActivation)) parts.activationGradient(kernels, c, o);
        if (gradients.run(c.rows, () => (pays(2) ? divider.gradients(layer) : undefined))) return;
        parts.weightGradients(kernels, c, o);
        if (c.dx) parts.inputGradient(kernels, c, o);
      },
    },
  };
}

/** Whether a step of the trainer has work that is long enough to be divided. */
export const isWorthDividing = ({ steps }: Trainer, batchSize: number): boolean =>
  steps.some(({ definition, layer, call }) => {
    const time = batchSize * nanoseconds({ definition, layer, call });
    return definition.rowwise && time >= MIN_NANOSECONDS;
  });

/** Lets workers with copies of the model compute parts of the batches. Undefined where this is impossible, or not faster. */
async function trainInParts(
  engine: Engine,
  trainer: Trainer,
  threads: number,
  batchSize: number,
  refused: (reason: string) => void,
): Promise<ParallelTraining | undefined> {
  const reason = reasonAgainstParts(engine.network, trainer, batchSize);
  if (reason) {
    refused(`without shared memory, ${reason}`);
    return undefined;
  }
  const training = await PartsTraining.start(engine, trainer, threads, batchSize);
  trainer.gradientsInParts = training && ((...batch) => training.computeGradients(...batch));
  return training && { end: async () => training.end() };
}

/**
 * Lets `threads` threads compute the steps of a trainer: over a shared memory, or with a copy of the model in each worker.
 * Undefined where the runtime refuses both, or the model is not divided.
 */
export async function trainInParallel(
  engine: Engine,
  trainer: Trainer,
  threads: number,
  batchSize: number,
  refused: (reason: string) => void,
): Promise<ParallelTraining | undefined> {
  const instances: Instances = trainer;
  const shared = await shareMemory(engine, instances, threads, refused);
  if (!shared) return trainInParts(engine, trainer, threads, batchSize, refused);
  const { team, names } = shared;
  const { steps } = trainer;
  const workspaceBytes = maxOf(
    steps,
    ({ definition, layer, call }) => definition.workspace?.(layer, call.inputShape, batchSize) ?? 0,
    0,
  );
  const { slots } = trainer;
  const undoValues = maxOf(steps, ({ call }) => call.outputSize, UNDO_VALUES * (1 + slots.length));
  const sizes = Array(threads).fill(0) as number[];
  const blocks = trainer.arena.alloc({
    scratch: sizes.map(() => SCRATCH_BYTES),
    workspace: sizes.map(() => workspaceBytes),
    undo: sizes.map(() => undoValues * 4),
  });
  const buffers = sizes.map((_, i) => ({
    scratch: blocks.scratch[i]!,
    workspace: blocks.workspace[i]!,
    undo: blocks.undo[i]!,
  }));
  const divider = new Divider(team, names, buffers);
  const { nodes, inputShape } = { ...engine.network, inputShape: engine.inputShape };
  const inputSize = inputShape.reduce((size, n) => size * n, 1);
  const divide = (step: TrainingStep): TrainingStep => {
    const { skipInput } = step as TrainingStep & { skipInput?: number };
    const skipInputSize = skipInput === undefined ? 0 : (nodes[skipInput]?.outputSize ?? inputSize);
    return divideStep(
      step,
      { definition: step.definition, layer: step.layer, call: step.call, skipInputSize },
      divider,
      team,
    );
  };
  trainer.divide(divide, divideUpdate(engine, trainer, threads, divider, team));
  return {
    async end() {
      team.release();
      await shared.release();
    },
  };
}

/** An update that divides the weights. */
function divideUpdate(
  engine: Engine,
  trainer: Trainer,
  shares: number,
  divider: Divider,
  team: Team,
): (call: UpdateCall) => boolean {
  const { weights, trainedBytes } = engine.network;
  const trained = weights.filter(({ offset }) => offset < trainedBytes);
  const trial = new Trial();
  let job: Job | undefined;
  const update = (call: UpdateCall): boolean => {
    if (!team.isActive || call.count * UPDATE_NANOSECONDS < MIN_UPDATE_NANOSECONDS) return false;
    const run = (kernels: Kernels, blocks: Omit<UpdateCall, 'learningRate' | 'step'>): void =>
      trainer.optimize(kernels, { ...call, ...blocks });
    if (job) divider.refresh(job, call, run);
    else job = divider.update(call, updateRanges(trained, shares), run);
    if (job) team.run(job);
    return job !== undefined;
  };
  // The update is the end of a step.
  return (call) => {
    const isUpdated = update(call);
    if (team.hasJoined) trial.endStep(performance.now());
    team.isEnabled = trial.usesThreads;
    return isUpdated;
  };
}
