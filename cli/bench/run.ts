// `isthmus bench`.

import { cpus } from 'node:os';
import { autoencoder, convAutoencoder, deepAutoencoder, denseAutoencoder, type Model } from 'isthmus';
import type { Context } from '../context.ts';
import { readModel } from '../model/load.ts';
import { type Figure, measureCodec, measureEncode, measureStep } from './measure.ts';

interface Subject {
  readonly name: string;
  readonly model: Model;
}

/** Models of usual sizes. */
const standardModels = async (): Promise<Subject[]> => [
  {
    name: 'dense 784-64-784',
    model: await autoencoder(denseAutoencoder({ input: [784], latent: 64 }), { seed: 1 }),
  },
  {
    name: 'conv 28 x 28, 16 and 32 filters, code of 32',
    model: await autoencoder(convAutoencoder({ input: [28, 28, 1], latent: 32 }), { seed: 1 }),
  },
  {
    name: 'deep, 16 columns',
    model: await autoencoder(deepAutoencoder({ input: [16], latent: 4, hidden: [64, 32] }), { seed: 1 }),
  },
];

async function measureModel(context: Context, { model }: Subject): Promise<Figure[]> {
  const figures = [...measureEncode(model)];
  if (model.spec.decoder) {
    figures.push(...(await measureCodec(model)));
    // Training changes the weights, so that it is last.
    figures.unshift(await measureStep(model, context.signal));
  }
  return figures;
}

const figureText = ({ name, value, unit }: Figure): string =>
  `  ${name.padEnd(26)} ${Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 }).padStart(9)} ${unit}`;

/** `isthmus bench`. */
export async function runBench(context: Context, paths: readonly string[]): Promise<void> {
  const subjects: Subject[] = [];
  for (const path of paths) subjects.push({ name: path, model: (await readModel(path)).model });
  if (subjects.length === 0) subjects.push(...(await standardModels()));
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
  };
  await context.print(`Node ${machine.node}, ${machine.platform}, ${machine.processor}, one thread; medians`);
  const progress = await context.progress('measuring');
  const results: object[] = [];
  try {
    for (const [i, subject] of subjects.entries()) {
      context.signal.throwIfAborted();
      const figures = await measureModel(context, subject);
      results.push({ model: subject.name, parameters: subject.model.parameterCount, figures });
      await context.print([`\n${subject.name}`, ...figures.map(figureText)].join('\n'));
      progress.update((i + 1) / subjects.length);
    }
  } finally {
    progress.stop();
  }
  context.result({ machine, results });
}
