import { type Activation, autoencoder, conv2d, conv2dTranspose, type Layer, type Model } from 'isthmus';
import { convNet } from '../workloads.ts';

/** The convolutional network, for Node and for pages. */
export const conv = (): Promise<Model> => {
  const net = convNet.map(({ filters, strides, transposed }, i): Layer => {
    const activation: Activation = i === convNet.length - 1 ? 'sigmoid' : 'relu';
    const options = { filters, strides, kernelSize: 3, padding: 'same', activation } as const;
    return transposed ? conv2dTranspose(options) : conv2d(options);
  });
  return autoencoder({ input: [28, 28, 1], encoder: net.slice(0, 2), decoder: net.slice(2) }, { seed: 1 });
};
