// PyTorch flattens [channels, height, width], isthmus [height, width, channels]. So the features of a vector between a flatten
// and the next dense layer have another order in PyTorch, and so have the features that a reshape makes a picture of.

import { wrongValue } from '../../core/errors.ts';
import { lastAxis, type Shape, sizeOf } from '../../core/shape.ts';
import type { Node } from '../../engine/graph.ts';

/** For each feature of a vector, its index in PyTorch. Undefined where the index is the same. */
export type FeatureOrder = readonly number[] | undefined;

/** The orders of the features that a layer takes and gives. */
export interface FeatureOrders {
  readonly input: FeatureOrder;
  readonly output: FeatureOrder;
}

/** Layers whose signals `[length, channels]` are `[channels, length]` in PyTorch. */
const channelsFirst = /^(conv|depthwise|separable|max|average|up|zero|crop|batch)/;
/** Layers whose signals are `[length, channels]` in PyTorch, too. */
const channelsLast = /^(gru|dense|layerNorm)/;

/** Whether PyTorch has the channels of a value first: pictures, and signals if the nearest of the layers asks for it. */
function isChannelsFirst(shape: Shape, nearest: readonly Node[]): boolean {
  const types = nearest.map(({ layer }) => layer.type);
  const type = types.find((name) => channelsFirst.test(name) || channelsLast.test(name));
  return shape.length > 2 || (type !== undefined && channelsFirst.test(type));
}

/** The order of the flattened values of a shape. `first`: PyTorch has the channels first. */
function flattenedOrder(shape: Shape, first: boolean): FeatureOrder {
  const channels = lastAxis(shape);
  const size = sizeOf(shape);
  const indexOf = (i: number): number => (i % channels) * (size / channels) + Math.floor(i / channels);
  return Array.from({ length: size }, (_, i) => (first ? indexOf(i) : i));
}

/** Layers whose output features each depend on all input features. */
const mixes = (type: string): boolean => type === 'dense' || type === 'variational';

/**
 * The orders of each layer of a network. Errors: RangeError for layers whose values no order of weights makes equal to those
 * of PyTorch.
 */
export function featureOrders(nodes: readonly Node[]): FeatureOrders[] {
  const inputs: FeatureOrder[] = [];
  /** The orders that follow from the layers before. */
  const outputs: FeatureOrder[] = [];
  nodes.forEach(({ layer: { type }, path, source, skipInput, inputShape, outputShape }, i) => {
    const isFirst = isChannelsFirst(inputShape, nodes.slice(0, i).reverse());
    if (inputShape.length < 2) inputs[i] = outputs[skipInput ?? source];
    else if (/^(flatten|reshape|variational)$/.test(type) && outputShape.length < 2)
      inputs[i] = flattenedOrder(inputShape, isFirst);
    else if (type === 'reshape' && isFirst && lastAxis(outputShape) !== lastAxis(inputShape))
      throw wrongValue(path, 'a target shape with as many channels as the input', outputShape);
    if (inputs[i] && type === 'skip') throw wrongValue(path, 'no flattened features', inputShape);
    if (outputShape.length < 2 && !mixes(type)) outputs[i] = inputs[i];
  });
  /** The orders that follow from the layers after. */
  const demands: FeatureOrder[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const { layer, path, source, skipInput, inputShape, outputShape } = nodes[i]!;
    const [found, demand] = [outputs[i], demands[i]];
    if (found && demand && found.join() !== demand.join())
      throw wrongValue(path, 'a dense layer between it and the next reshape', layer.type);
    if (inputShape.length > 1 || mixes(layer.type)) continue;
    const isPicture = outputShape.length > 1;
    const wanted = isPicture ? flattenedOrder(outputShape, isChannelsFirst(outputShape, nodes.slice(i + 1))) : demand;
    // The output of a residual path gets the order of the path's input.
    demands[source] = wanted ?? outputs[skipInput ?? source];
    if (skipInput !== undefined) demands[skipInput] = wanted;
  }
  return nodes.map((_, i) => ({ input: inputs[i], output: outputs[i] ?? demands[i] }));
}
