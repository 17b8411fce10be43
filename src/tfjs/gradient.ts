// The gradient of dilated convolutions. tfjs refuses it; our kernels take dilations.

import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { runKernel, type Tf } from './internal.ts';

const dilated = ({ dilations }: NamedAttrMap): boolean => [dilations ?? 1].flat().some((side) => side !== 1);

/** tfjs's gradient of Conv2D, and ours where windows are dilated and the WASM backend is set. */
export function dilatedGradient(tf: Tf, before: GradConfig): GradConfig {
  return {
    ...before,
    gradFunc(dy, saved, attrs) {
      if (tf.getBackend() !== 'wasm' || !dilated(attrs)) return before.gradFunc(dy, saved, attrs);
      const [x, filter] = saved as [Tensor, Tensor];
      const g = dy as Tensor;
      return {
        x: () => runKernel(tf, 'Conv2DBackpropInput', { dy: g, filter }, { ...attrs, inputShape: x.shape }),
        filter: () => runKernel(tf, 'Conv2DBackpropFilter', { x, dy: g }, { ...attrs, filterShape: filter.shape }),
      };
    },
  };
}
