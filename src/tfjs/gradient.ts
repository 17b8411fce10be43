// The gradient of dilated convolutions. tfjs refuses it; the kernels of isthmus support dilations.

import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { runKernel, type Tf } from './internal/namespace.ts';

const isDilated = ({ dilations }: NamedAttrMap): boolean => [dilations ?? 1].flat().some((rate) => rate !== 1);

/** The gradient `original` of Conv2D, and our own where the convolution is dilated and the WASM backend is set. */
export function dilatedGradient(tf: Tf, original: GradConfig): GradConfig {
  return {
    ...original,
    gradFunc(dy, saved, attrs) {
      if (tf.getBackend() !== 'wasm' || !isDilated(attrs)) return original.gradFunc(dy, saved, attrs);
      const [x, filter] = saved as [Tensor, Tensor];
      const gradient = dy as Tensor;
      return {
        x: () => runKernel(tf, 'Conv2DBackpropInput', { dy: gradient, filter }, { ...attrs, inputShape: x.shape }),
        filter: () =>
          runKernel(tf, 'Conv2DBackpropFilter', { x, dy: gradient }, { ...attrs, filterShape: filter.shape }),
      };
    },
  };
}
