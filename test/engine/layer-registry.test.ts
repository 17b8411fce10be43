// The guarantee of docs/maintainers/add-a-layer.md: a layer needs its own file, one line in src/layers/registry.ts and one row
// in the table of the tests. The test fails for a layer without a row and for a row without a layer.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as worker from 'isthmus/worker';
// @ts-expect-error a script without types
import { exportsIn, generate } from '../../scripts/layer-lists.mjs';
import * as isthmus from '../../src/index.ts';
import { allLayers } from '../../src/layers/all-layers.gen.ts';
import * as quantized from '../../src/layers/quantized/registry.ts';
import * as registry from '../../src/layers/registry.ts';
import { assertAbsent } from '../absent.ts';
import { bottleneckTable } from '../reference/bottleneck-table.ts';
import { transformTwins } from '../reference/corruptions.ts';
import { layerTable } from '../reference/layer-table.ts';

type Factory = (typeof registry)['dense'];
const factories = Object.entries(registry as unknown as Record<string, Factory>);
const names = (list: readonly (readonly [string, Factory])[]): string[] => list.map(([name]) => name).sort();
const definitionOf = (factory: Factory) =>
  factory.definition as Factory['definition'] & { bottleneck?: boolean; augments?: boolean; backward?: unknown };

describe('the registry of layers', () => {
  it('is exported by isthmus and by isthmus/worker, each layer under its type', () => {
    assert.ok(factories.length > 40);
    for (const [name, factory] of factories) {
      assert.equal(factory.definition.type, name);
      assert.equal((isthmus as unknown as Record<string, unknown>)[name], factory);
      const { definition } = (worker as unknown as Record<string, Factory>)[name]!;
      assert.equal(definition.type, name, `${name} of isthmus/worker`);
    }
  });

  it('has all layers that loadModel knows, except augmentations, which no file contains', () => {
    const trainable = factories.filter(([, factory]) => !definitionOf(factory).augments);
    assert.equal(factories.length - trainable.length, 3);
    // Quantized layers have a list and tests of their own, as they cannot be trained: quantized.test.ts.
    const inFiles = [...trainable, ...Object.entries(quantized as unknown as Record<string, Factory>)];
    assert.equal(inFiles.length - trainable.length, 5);
    assert.deepEqual(
      allLayers()
        .map((factory) => factory.definition.type)
        .sort(),
      names(inFiles),
    );
  });

  it('has a row in the table of layers, the table of bottlenecks or the table of sample transforms for each entry', () => {
    const bottlenecks = factories.filter(([, factory]) => definitionOf(factory).bottleneck);
    const transforms = factories.filter(([, factory]) => !definitionOf(factory).backward);
    const layers = factories.filter((entry) => !bottlenecks.includes(entry) && !transforms.includes(entry));
    assert.deepEqual(Object.keys(layerTable).sort(), names(layers));
    assert.deepEqual(Object.keys(bottleneckTable).sort(), names(bottlenecks));
    assert.deepEqual(Object.keys(transformTwins).sort(), names(transforms));
  });
});

describe('the generator of the lists', () => {
  it('reads values, not types, of exports over one line and over several', () => {
    const text =
      "export { type A, a } from './a.ts';\nexport type { B } from './b.ts';\nexport {\n  c,\n  type D,\n} from './c.ts';\n";
    assert.deepEqual(exportsIn(text), [
      { name: 'a', file: './a.ts' },
      { name: 'c', file: './c.ts' },
    ]);
  });

  it('leaves augmentations out of the list for files, and adds optimizers and presets to the factories of a worker', () => {
    const index =
      "export { sgd } from './train/optimizers/sgd.ts';\nexport { preset } from './model/presets/p.ts';\nexport { fit } from './train/fit.ts';\n";
    const files = generate(
      "export { dense } from './dense.ts';\nexport { flip } from './flip.ts';\n",
      index,
      (name: string) => name === 'flip',
    );
    const made = (text: string) => [...text.matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(made(files['src/worker/factories.gen.ts']), ['dense', 'flip', 'preset', 'sgd']);
    assert.match(files['src/layers/all-layers.gen.ts'], /import \{ dense \} from '.\/dense.ts';/);
    assertAbsent(files['src/layers/all-layers.gen.ts'], [/flip/], files['src/worker/factories.gen.ts']);
  });
});
