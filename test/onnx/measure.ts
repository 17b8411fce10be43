// The largest differences between isthmus and the ONNX files of a layer, over its cases, parts and batches.

import assert from 'node:assert/strict';
import { FormatError, type Model } from 'isthmus';
import { fromOnnx, toOnnx } from 'isthmus/onnx';
import {
  batches,
  type Case,
  casesOf,
  exampleOf,
  largestDifference,
  modelOf,
  open,
  type Part,
  type Runtime,
  withoutSpec,
} from './models.ts';

/** The largest difference that a conversion may have, relative to values above 1. */
export const TOLERANCE = 1e-5;

/** Calls a function for each part of each case of a layer; returns the largest result. Errors: an AssertionError above the tolerance. */
async function largestOf(
  layerType: string,
  measure: (model: Model, part: Part, one: Case) => Promise<number>,
): Promise<number> {
  let largest = 0;
  for (const one of casesOf(layerType)) {
    const model = await modelOf(one);
    for (const part of one.parts) {
      const difference = await measure(model, part, one);
      assert.ok(difference <= TOLERANCE, `${layerType}, ${one.title}, ${part}: ${difference}`);
      largest = Math.max(largest, difference);
    }
  }
  return largest;
}

/** Of a part of a model and the model of its file, whose `predict` computes the output of the file. */
function differenceOf(model: Model, read: Model, part: Part): number {
  const differences = batches.map((rows) => {
    const { x, expected } = exampleOf(model, part, rows);
    return largestDifference(expected, read.predict(x));
  });
  return Math.max(...differences);
}

/** Of `toOnnx`: the outputs in onnxruntime-web. */
export const differenceInRuntime = (layerType: string, ort: Runtime): Promise<number> =>
  largestOf(layerType, async (model, part) => {
    const session = await open(ort, toOnnx(model, { part }));
    let largest = 0;
    for (const rows of batches) {
      const { x, dims, expected } = exampleOf(model, part, rows);
      largest = Math.max(largest, largestDifference(expected, (await session.run(x, dims)).data));
    }
    await session.release();
    return largest;
  });

/** Of `fromOnnx` by the spec: spec, weights and outputs, which have the same bits. */
export const differenceBySpec = (layerType: string): Promise<number> =>
  largestOf(layerType, async (model, part, one) => {
    const read = await fromOnnx(toOnnx(model, { part }));
    const firstPart = part === 'decoder' ? /^decoder/ : /^(encoder|latent)/;
    const paths = Object.entries(model.weights).filter(([path]) => part === 'whole' || firstPart.test(path));
    // A decoder alone is the encoder of its model.
    const renamed = paths.map(([path, weight]) => [
      part === 'decoder' ? path.replace('decoder', 'encoder') : path,
      weight,
    ]);
    assert.deepEqual(read.weights, Object.fromEntries(renamed), `${one.title}, ${part}`);
    if (part === 'whole') assert.equal(JSON.stringify(read.spec), JSON.stringify(model.spec));
    return differenceOf(model, read, part);
  });

/** Layers that only their spec restores, because no layer has their operators alone. */
const restoredBySpec = ['kSparse', 'sparse', 'quantized'];

/** Whether the operators of a case are those of no layer: their nodes are then named in a FormatError. */
const needsSpec = ({ layerType, title }: Case): boolean =>
  restoredBySpec.includes(layerType) || (layerType === 'gru' && /backwards/.test(title));

/** Of `fromOnnx` by the operators, as for files of other tools. Undefined: `restoredBySpec`. */
export async function differenceByOperators(layerType: string): Promise<number | undefined> {
  let isRead = false;
  const largest = await largestOf(layerType, async (model, part, one) => {
    const bytes = withoutSpec(toOnnx(model, { part }));
    try {
      const difference = differenceOf(model, await fromOnnx(bytes), part);
      isRead = true;
      return difference;
    } catch (error) {
      if (needsSpec(one) && error instanceof FormatError && /expected .*, got .* \(\w+\)/.test(error.message)) return 0;
      throw new Error(`${one.title}, ${part}`, { cause: error });
    }
  });
  return isRead && !restoredBySpec.includes(layerType) ? largest : undefined;
}
