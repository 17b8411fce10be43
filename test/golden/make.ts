// node test/golden/make.ts, after npm run build: writes the golden files that are missing.

import { existsSync, writeFileSync } from 'node:fs';
import * as isthmus from 'isthmus';
import { cases, samplesOf } from './cases.ts';
import { pictures, quantizableModel } from './quantized.ts';

for (const [name, { input, encoder, decoder, options, samples }] of Object.entries(cases)) {
  const path = (ending: string) => new URL(`${name}.${ending}`, import.meta.url);
  if (existsSync(path('codec.safetensors'))) continue;
  const spec = { input, encoder: encoder(isthmus), decoder: decoder(isthmus) };
  const model = await isthmus.autoencoder(spec, { seed: 1 });
  const size = input.reduce((product, side) => product * side, 1);
  const codec = await isthmus.createCodec(model, samplesOf(name, 400 * size, false), options);
  const bytes = codec.compress(samplesOf(name, samples * size, true));
  writeFileSync(path('codec.safetensors'), codec.save());
  writeFileSync(path('compressed'), bytes);
  writeFileSync(path('values'), new Uint8Array(codec.decompress(bytes).buffer));
  console.log(name, codec.save().length, bytes.length);
}

const quantizedFile = new URL('quantized-1.safetensors', import.meta.url);
if (!existsSync(quantizedFile)) {
  const model = await isthmus.quantize(await quantizableModel(isthmus), pictures(64, 1));
  writeFileSync(quantizedFile, isthmus.saveModel(model));
  writeFileSync(
    new URL('quantized-1.values', import.meta.url),
    new Uint8Array(model.reconstruct(pictures(5, 2)).buffer),
  );
}
