// Where the playground shows an export: the fragment of its address.

const panels = {
  train: [
    'autoencoder',
    'fit',
    'evaluate',
    'adam',
    'saveModel',
    'loadModel',
    'variational',
    'variationalAutoencoder',
    'latentMap',
    'saveCheckpoint',
    'loadCheckpoint',
    'readSafetensors',
    'writeSafetensors',
  ],
  'train?kind=dense': ['denseAutoencoder', 'dense'],
  'train?kind=deep': ['deepAutoencoder'],
  'train?kind=conv': ['convAutoencoder', 'conv2d', 'conv2dTranspose', 'flatten', 'reshape'],
  'train?kind=denoising': ['denoisingAutoencoder', 'residual', 'skip'],
  'train?kind=sparse': ['sparseAutoencoder', 'sparse'],
  'train?kind=denoising&source=sound': ['signalAutoencoder', 'conv1d', 'denoiseSignal'],
  'train?kind=dense&noise=0.3': ['gaussianNoise'],
  generate: ['sample', 'interpolate', 'fitMixture'],
  clean: ['denoiseImage', 'estimateNoise', 'depthwiseConv2d'],
  compress: ['createCodec', 'loadCodec', 'FormatError', 'activation'],
  strange: [
    'anomalyDetector',
    'loadDetector',
    'seriesDetector',
    'loadSeriesDetector',
    'tableDetector',
    'loadTableDetector',
    'normalization',
  ],
};

const titles = {
  train: 'Train',
  generate: 'Generate',
  clean: 'Clean a photo',
  compress: 'Compress a table',
  strange: 'Find strange rows',
};

/** The panel of the playground that uses an export, `{ fragment, title }`; undefined if none does. */
export function playgroundLink(name) {
  const fragment = Object.keys(panels).find((key) => panels[key].includes(name));
  return fragment && { fragment, title: titles[fragment.split('?')[0]] };
}
