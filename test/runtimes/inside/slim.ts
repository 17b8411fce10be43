// Runs in a page: suites on isthmus/slim, whose kernels are fetched from the files of the package.
import * as slim from 'isthmus/slim';
import { withDefaults } from '../../slim/with-defaults.ts';
import { suites } from '../../suites/index.ts';
import { type Outcome, outcomes } from './run.ts';

export async function all(): Promise<Outcome[]> {
  const engine = await slim.load(new URL('/node_modules/isthmus/dist/wasm', import.meta.url));
  const { model, training, bounding, pictures } = suites;
  const list: Outcome[] = [];
  for await (const outcome of outcomes(
    { model, training, bounding, pictures } as typeof suites,
    withDefaults(slim, engine),
  ))
    list.push(outcome);
  return list;
}
