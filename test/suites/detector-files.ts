// save() and loadDetector(): equal bits after a round trip, and an error with a code for every damaged file.

import { equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';
import { averagingModel, detectorFor, flaggedShare, normalSamples, SIZE, withFeature } from './normal.ts';
import { reheaded } from './saving.ts';
import { codeOf } from './small-model.ts';

type Header = Record<string, Record<string, unknown>>;

/** A saved detector of samples with two features. */
async function detectorFile({ autoencoder, dense, anomalyDetector }: Isthmus): Promise<Uint8Array> {
  const spec = { input: [2], encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] };
  const model = await autoencoder(spec, { seed: 1 });
  return (await anomalyDetector(model, numbers(80), { falsePositiveRate: 0.1 })).save();
}

/** The file with another first value in the tensor `name`. */
function revalued(file: Uint8Array, name: string, value: number): Uint8Array {
  const view = new DataView(file.slice().buffer);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Header;
  view.setFloat32(8 + length + (header[name]!.data_offsets as number[])[0]!, value, true);
  return new Uint8Array(view.buffer);
}

export const detectorFiles: Suite = {
  async 'equal samples give an equal file, and loadDetector gives the same detector to the bit'(isthmus) {
    const { anomalyDetector, loadDetector, autoencoder, dense } = isthmus;
    const spec = {
      input: [3, SIZE],
      encoder: [dense({ units: 5, activation: 'tanh' as const })],
      decoder: [dense({ units: SIZE })],
    };
    const model = await autoencoder(spec, { seed: 3 });
    const samples = normalSamples(900, 1);
    const detector = await anomalyDetector(model, samples, { falsePositiveRate: 0.02 });
    const bytes = detector.save();
    sameBits(
      (await anomalyDetector(model, samples, { falsePositiveRate: 0.02 })).save(),
      bytes,
      'a second detector of the same samples',
    );
    for (const source of [bytes, bytes.buffer, new Response(bytes)]) {
      const back = await loadDetector(source, { layers: [dense] });
      const x = withFeature(normalSamples(90, 4), 1, (value) => 1.3 * value);
      sameBits(back.score(x), detector.score(x), 'scores');
      sameBits(back.explain(x), detector.explain(x), 'shares');
      equal([back.threshold, back.falsePositiveRate], [detector.threshold, 0.02]);
      sameBits(back.model.reconstruct(x), model.reconstruct(x), 'model');
      sameBits(back.save(), bytes, 'bytes');
      equal(flaggedShare(back.detect(x)), flaggedShare(detector.detect(x)));
    }
  },

  async 'a detector with constant reconstructions has no directions, and is saved and loaded as well'(isthmus) {
    const model = await averagingModel(isthmus);
    model.setWeights({ 'decoder.0.kernel': { shape: [1, SIZE], data: new Float32Array(SIZE) } });
    const detector = await isthmus.anomalyDetector(model, normalSamples(200, 1));
    const back = await isthmus.loadDetector(detector.save());
    sameBits(back.score(normalSamples(9, 4)), detector.score(normalSamples(9, 4)));
    equal(back.detect(new Float32Array(SIZE).fill(50)), [true]);
  },

  async 'files of another kind are refused with the code "model"'(isthmus) {
    const { loadDetector, loadModel, saveModel } = isthmus;
    const detector = await detectorFor(isthmus);
    const file = detector.save();
    equal(codeOf(await fails(() => loadModel(file), 'FormatError', /expected isthmus in the metadata/)), 'model');
    const modelFile = saveModel(detector.model);
    equal(codeOf(await fails(() => loadDetector(modelFile), 'FormatError', /expected isthmus-detector/)), 'model');
    await fails(() => loadDetector('file' as never), 'TypeError', /bytes, a Response or a URL/);
    await fails(() => loadDetector(file, { layer: [] } as never), 'TypeError', /no other options/);
    await fails(() => loadDetector(file, { layers: [] }), 'FormatError', /"layers" expected to know "dense"/);
  },

  async 'impossible metadata and tensors are refused'(isthmus) {
    const file = await detectorFile(isthmus);
    const metadata = (detector: string | undefined) =>
      reheaded(file, (header) => {
        if (detector === undefined) delete header.__metadata__!.detector;
        else header.__metadata__!.detector = detector;
      });
    const renamed = (name: string, edit: (tensor: Record<string, unknown>) => void) =>
      reheaded(file, (header) => edit(header[`detector.${name}`]!));
    const cases: [Uint8Array, string, RegExp][] = [
      [metadata(undefined), 'corrupt', /"detector" expected JSON.*nothing/],
      [metadata('{'), 'corrupt', /"detector" expected JSON/],
      [metadata('null'), 'corrupt', /"detector.falsePositiveRate" expected a number in \(0, 1\), got undefined/],
      [metadata('7'), 'corrupt', /falsePositiveRate/],
      [metadata('{"falsePositiveRate":1,"directions":1}'), 'corrupt', /falsePositiveRate.* got 1/],
      [metadata('{"falsePositiveRate":"0.1","directions":1}'), 'corrupt', /falsePositiveRate/],
      [metadata('{"falsePositiveRate":0.1}'), 'corrupt', /"detector.directions" expected integer 0\.\.16/],
      [metadata('{"falsePositiveRate":0.1,"directions":1e9}'), 'corrupt', /directions.* got 1000000000/],
      [metadata('{"falsePositiveRate":0.1,"directions":-1}'), 'corrupt', /directions/],
      [metadata('{"falsePositiveRate":0.1,"directions":0.5}'), 'corrupt', /directions/],
      [
        metadata('{"falsePositiveRate":0.1,"directions":16}'),
        'model',
        /"detector.directions" expected a tensor of shape \[16, 2\]/,
      ],
      [revalued(file, 'detector.scale', 0), 'corrupt', /"detector.scale" expected a number above 0, got 0/],
      [revalued(file, 'detector.scale', Number.POSITIVE_INFINITY), 'corrupt', /finite/],
      [revalued(file, 'detector.variances', -1), 'corrupt', /"detector.variances" expected a number of at least 0/],
      [revalued(file, 'detector.threshold', Number.NaN), 'corrupt', /"detector.threshold" expected finite/],
      [revalued(file, 'detector.threshold', -1), 'corrupt', /"detector.threshold" expected a number of at least 0/],
      [revalued(file, 'encoder.0.kernel', Number.NaN), 'corrupt', /finite/],
      [
        renamed('location', (tensor) => {
          tensor.dtype = 'I32';
        }),
        'model',
        /"detector.location" expected one of/,
      ],
      [
        reheaded(file, (header) => {
          header.other = header['detector.center']!;
          delete header['detector.center'];
        }),
        'model',
        /"detector.center" expected a tensor of shape \[2\], got none/,
      ],
      [
        reheaded(file, (header) => {
          header.__metadata__!.version = '2';
        }),
        'version',
        /version/,
      ],
    ];
    for (const [bytes, expected, message] of cases)
      equal(codeOf(await fails(() => isthmus.loadDetector(bytes), 'FormatError', message)), expected, String(message));
  },

  async 'a changed byte gives a working detector or a FormatError, a truncated file a FormatError'(isthmus) {
    const file = await detectorFile(isthmus);
    for (let i = 0; i < file.length; i++) {
      for (const flip of [1, 64, 255]) {
        const bytes = file.slice();
        bytes[i]! ^= flip;
        try {
          const detector = await isthmus.loadDetector(bytes);
          ok(detector.score(numbers(detector.model.inputShape[0]! * 3)).every(Number.isFinite), 'finite scores');
        } catch (error) {
          const { name, message } = error as Error;
          ok(name === 'FormatError', `byte ${i} ^ ${flip}: ${name} ${message}`);
        }
      }
    }
    for (let length = 0; length < file.length; length++)
      await fails(() => isthmus.loadDetector(file.subarray(0, length)), 'FormatError', /expected/);
  },
};
