import { equal, type Isthmus, numbers, type Suite, sheetSamples } from './assert.ts';
import { compressInAllModes, digest, digestsOfFiles, digestsOfValues } from './compressed-data.ts';

const SIDE = 8;
const x = sheetSamples(64, SIDE * SIDE);

/** A model with dense layers, convolutions, normalization, noise, and the activations that are computed from tables. */
const build = (i: Isthmus) =>
  i.autoencoder(
    {
      input: [SIDE, SIDE, 1],
      encoder: [
        i.gaussianNoise({ stddev: 0.1 }),
        i.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'gelu' }),
        i.batchNormalization(),
        i.flatten(),
        i.dense({ units: 9, activation: 'tanh' }),
        i.dropout({ rate: 0.1 }),
      ],
      latent: i.variational({ units: 5 }),
      decoder: [
        i.dense({ units: 16 * 4, activation: 'softplus' }),
        i.reshape({ targetShape: [4, 4, 4] }),
        i.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }),
      ],
    },
    { seed: 3 },
  );

/** Digests computed by Node 26 on x86-64; every runtime must compute the same. */
const expected = {
  model: '00d4c5ed5ebcd8c621cc40878c2a56821cc1d9ced87e04712c3720a95b5c394f',
  code: 'd17e82cddcb98e88b64c5417755809bbc3627105d12b6b1cb8954a62d1070dac',
  reconstruction: '4c7251f070b401af769f9a3a1bd966be5d0e6fc762d9ed468305859ee75aa8e5',
  samples: '8b09b02d08cf4ff872dbed841f204610d30af39fd156f4a2883d6d73be664120',
};

/** Digests of the codec's file, the compressed bytes and the values of each mode, also computed by Node 26 on x86-64. */
const compressed = {
  plain: [
    'ab3d35ee00165295b01a6fd50d6978116319f1ee9ae684ecc75640c1dfb6358b',
    '3ab208cbae0177804087b17d0d456017698ad53f09942ccc2416c46eb4a2cd7d',
    'ffd612ef00427112d8b906c0850476b7d6832e79e2fbe7e32ca537128c48c293',
  ],
  bounded: [
    '4efb7fa0c6fedbd12a6c358992dc52a7eeee29c887b106f46da7a960994bd8e3',
    '8abd749fb786d537fe83678d3cd14b1e09bfd96c8769eb6699d8ad968d38a2b8',
    '0491a6ed9039c2d18e056de09ceaacfabb403624ba7f0cd5adeb33a382492126',
  ],
  lossless: [
    'dd1a21d37af30f074a4793366ceebdda3243c05be71fa2d9f172d43e2acdd15f',
    'b9ba677bbcc8d170e7c7ff9361fa4eec9b112a327383ba5f7c5f1968b7ddba7f',
    '05ea3e939cdc0b67f42dbc976a2845deda39e518183f1ee1c4544f07c0514d17',
  ],
};

export const bits: Suite = {
  async 'training, encoding, decoding and sampling give the same bits as on every other runtime'(i) {
    const m = await build(i);
    await i.fit(m, x, { epochs: 3, batchSize: 10, optimizer: i.adamw(), deterministic: true, clipNorm: 1 });
    const found = {
      model: await digest(i.saveModel(m)),
      code: await digest(m.encode(x)),
      reconstruction: await digest(m.reconstruct(numbers(SIDE * SIDE * 7))),
      samples: await digest(i.sample(m, 5, { seed: 7 })),
    };
    equal(found, expected, 'digests');
  },

  async 'compressing and decompressing in every mode give the same bits as on every other runtime'(i) {
    const data = await compressInAllModes(i);
    equal(await digestsOfFiles(data), compressed, 'digests');
    const values = Object.entries(data).map(([name, { values }]) => [name, values]);
    equal(await digestsOfValues(i, data), Object.fromEntries(values), 'values from the files');
  },
};
