// Layers that stand around others, whose output joins their own input.

import { wrongValue } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import { layerOptions } from '../core/validate.ts';
import { checkLayers, defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { JoinCall, LayerCall } from '../engine/layer-call.ts';
import type { Layer } from '../engine/layer-definition.ts';

export interface PathOptions {
  /** What the input goes through on the one path; on the other it stays as it is. At least one layer. */
  readonly layers: readonly Layer[];
}

const checkPath = (o: PathOptions, name: string): void => void layerOptions(name, o, { layers: checkLayers });

/** The sum of a list of layers' output and its input, which must have one shape (He et al., 2015). */
export const residual: LayerFactory<PathOptions> = /* @__PURE__ */ defineLayer<PathOptions, JoinCall>({
  type: 'residual',
  check: checkPath,
  innerLayers: (o) => o.layers,

  outputShape(_, input, name, inner) {
    if (inner!.join() === input.join()) return input;
    throw wrongValue(`${name}.layers`, `an output of the input's shape [${input.join(', ')}]`, inner);
  },

  forward: (k, c) => k.add(c.y, c.x, c.skipInput, c.rows * c.outputSize),

  backward(k, c) {
    const n = c.rows * c.outputSize;
    if (c.dx) k.copy(c.dx, c.dy, n);
    if (c.skipInputGradient) k.copy(c.skipInputGradient, c.dy, n);
  },
});

const lastAxis = (shape: Shape): number => shape[shape.length - 1]!;

/** Places, and the channels of the path through the layers and of all. */
function skipSizes(c: LayerCall): { positions: number; innerChannels: number; outputChannels: number } {
  const innerChannels = lastAxis(c.inputShape);
  const positions = (c.rows * c.inputSize) / innerChannels;
  return { positions, innerChannels, outputChannels: (c.rows * c.outputSize) / positions };
}

/**
 * A U-Net connection (Ronneberger et al., 2015): the input's channels, then those of a list of layers' output, side by
 * side. All axes but the last must agree.
 */
export const skip: LayerFactory<PathOptions> = /* @__PURE__ */ defineLayer<PathOptions, JoinCall>({
  type: 'skip',
  check: checkPath,
  innerLayers: (o) => o.layers,

  outputShape(_, input, name, inner) {
    const fits = inner!.length === input.length && inner!.slice(0, -1).join() === input.slice(0, -1).join();
    if (fits) return [...input.slice(0, -1), lastAxis(input) + lastAxis(inner!)];
    throw wrongValue(`${name}.layers`, `an output like the input [${input.join(', ')}] but for the last axis`, inner);
  },

  forward(k, c) {
    const { positions, innerChannels, outputChannels } = skipSizes(c);
    k.copyColumns(
      c.y,
      outputChannels,
      0,
      c.skipInput,
      outputChannels - innerChannels,
      0,
      outputChannels - innerChannels,
      positions,
    );
    k.copyColumns(c.y, outputChannels, outputChannels - innerChannels, c.x, innerChannels, 0, innerChannels, positions);
  },

  backward(k, c) {
    const { positions, innerChannels, outputChannels } = skipSizes(c);
    if (c.dx)
      k.copyColumns(
        c.dx,
        innerChannels,
        0,
        c.dy,
        outputChannels,
        outputChannels - innerChannels,
        innerChannels,
        positions,
      );
    if (c.skipInputGradient)
      k.copyColumns(
        c.skipInputGradient,
        outputChannels - innerChannels,
        0,
        c.dy,
        outputChannels,
        0,
        outputChannels - innerChannels,
        positions,
      );
  },
});
