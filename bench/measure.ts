// Measures the competitors at one workload: rounds interleaved, medians.

import { median } from './statistics.ts';
import { type Competitor, MAX_REPETITIONS, type Runner, type Workload } from './workloads.ts';

/** Loads the competitors. One that does not load is reported with the reason. */
export async function loadCompetitors(report: (line: string) => void): Promise<Competitor[]> {
  const loaders: Readonly<Record<string, () => Promise<Competitor>>> = {
    isthmus: async () => (await import('./competitors/ours.ts')).ours(),
    'tfjs wasm': async () => (await import('./competitors/tfjs.ts')).tfjs('wasm'),
    'tfjs cpu': async () => (await import('./competitors/tfjs.ts')).tfjs('cpu'),
    'jax-js': async () => (await import('./competitors/jax-js.ts')).jaxJs(),
    'onnxruntime-web': async () => (await import('./competitors/onnxruntime.ts')).onnxruntime(),
    PyTorch: async () => (await import('./competitors/pytorch.ts')).pytorch(),
  };
  const loaded: Competitor[] = [];
  for (const [name, load] of Object.entries(loaders)) {
    try {
      loaded.push(await load());
    } catch (error) {
      report(`${name} is missing: ${firstLine(error as Error)}`);
    }
  }
  return loaded;
}

const firstLine = ({ message }: Error): string => message.split('\n')[0]!;

/** One competitor in a measurement. */
interface Lane {
  readonly name: string;
  readonly runner: Runner;
  /** Repetitions in a round. A round takes a tenth of a second, so that the work that `fit` does once counts little. */
  repetitions: number;
  readonly seconds: number[];
}

export interface Measurement {
  /** Median seconds, by the name of the competitor. */
  readonly seconds: Readonly<Record<string, number>>;
  /** The reason why a competitor has no figure, by its name. */
  readonly missing: Readonly<Record<string, string>>;
}

async function secondsOf({ runner, repetitions }: Lane): Promise<number> {
  const begin = performance.now();
  await runner.run(repetitions);
  return (performance.now() - begin) / 1000 / repetitions;
}

/** Measures a workload in `rounds`. A competitor that fails during the measurement becomes missing. */
export async function measure(
  competitors: readonly Competitor[],
  workload: Workload,
  rounds: number,
  quick: boolean,
): Promise<Measurement> {
  const warmUpMilliseconds = quick ? 300 : 1000;
  const roundSeconds = quick ? 0.03 : 0.1;
  const missing: Record<string, string> = {};
  let lanes: Lane[] = [];
  for (const competitor of competitors) {
    const runner = await competitor.open(workload).catch(firstLine);
    if (typeof runner === 'string') missing[competitor.name] = runner;
    else lanes.push({ name: competitor.name, runner, repetitions: 1, seconds: [] });
  }
  /** Runs a lane once. Gives undefined where it fails. */
  const runLane = (lane: Lane): Promise<number | undefined> =>
    secondsOf(lane).catch((error: Error) => {
      missing[lane.name] = firstLine(error);
      lanes = lanes.filter((other) => other !== lane);
      return undefined;
    });
  // Each lane warms up for a second: the optimizing compiler of V8 starts late.
  for (const lane of [...lanes]) {
    const begin = performance.now();
    while (performance.now() - begin < warmUpMilliseconds) {
      const seconds = await runLane(lane);
      if (seconds === undefined) break;
      lane.repetitions = Math.min(MAX_REPETITIONS, Math.max(1, Math.round(roundSeconds / seconds)));
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const lane of [...lanes]) {
      if (round >= (lane.runner.maxRounds ?? rounds)) continue;
      const seconds = await runLane(lane);
      if (seconds !== undefined) lane.seconds.push(seconds);
    }
  }
  return { seconds: Object.fromEntries(lanes.map((lane) => [lane.name, median(lane.seconds)])), missing };
}
