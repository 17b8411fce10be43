import { close, equal, fails, numbers, ok, type Suite, sameBits } from './assert.ts';

import { buildRegularizedModel as build, codeOf, x } from './small-model.ts';

/** The file with its header changed by `edit` and its lengths updated. */
export function reheaded(
  file: Uint8Array,
  edit: (header: Record<string, Record<string, unknown>>) => void,
): Uint8Array {
  const length = new DataView(file.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  edit(header);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + file.length - 8 - length);
  new DataView(out.buffer).setUint32(0, text.length, true);
  out.set(text, 8);
  out.set(file.subarray(8 + length), 8 + text.length);
  return out;
}

export const saving: Suite = {
  async 'saveModel and loadModel restore a model to the bit'(isthmus) {
    const { saveModel, loadModel } = isthmus;
    const m = await build(isthmus);
    const bytes = saveModel(m);
    const back = await loadModel(bytes);
    equal(back.spec, m.spec);
    equal(back.seed, m.seed);
    sameBits(back.reconstruct(x), m.reconstruct(x));
    sameBits(saveModel(back), bytes, 'bytes');
  },

  async 'loadModel reads bytes, a buffer, a view of a larger buffer, a Response and a URL'(isthmus) {
    const { saveModel, loadModel } = isthmus;
    const m = await build(isthmus);
    const bytes = saveModel(m);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const url = new URL(
      `data:application/octet-stream;base64,${btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))}`,
    );
    const view = new DataView(bytes.buffer);
    for (const source of [bytes, bytes.buffer, shifted.subarray(3), view, new Response(bytes), url]) {
      sameBits((await loadModel(source)).encode(x), m.encode(x));
    }
    const error = await fails(() => loadModel(new Response('no', { status: 404 })), 'FormatError', /status 404/);
    equal(codeOf(error), 'truncated');
    await fails(() => loadModel('model.safetensors' as never), 'TypeError', /bytes, a Response or a URL/);
  },

  async 'float16 and int8 files are smaller, and their models have similar outputs'(isthmus) {
    const { saveModel, loadModel } = isthmus;
    const m = await build(isthmus);
    const full = saveModel(m);
    for (const [dtype, share, tolerance] of [
      ['float16', 0.8, 2e-3],
      ['int8', 0.75, 2e-2],
    ] as const) {
      const bytes = saveModel(m, { dtype });
      ok(bytes.length < full.length * share, `${dtype}: ${bytes.length} of ${full.length} bytes`);
      close((await loadModel(bytes)).reconstruct(x), m.reconstruct(x), tolerance, dtype);
    }
    await fails(
      () => saveModel(m, { dtype: 'int4' as never }),
      'RangeError',
      /"dtype" expected one of float32, float16, int8/,
    );
    await fails(() => saveModel({} as never), 'TypeError', /a model made by autoencoder/);
  },

  async 'loadModel with layers refuses all other layers'(isthmus) {
    const { saveModel, loadModel, dense, dropout, gaussianNoise } = isthmus;
    const bytes = saveModel(await build(isthmus));
    await loadModel(bytes, { layers: [dense, dropout, gaussianNoise] });
    const error = await fails(
      () => loadModel(bytes, { layers: [dense] }),
      'FormatError',
      /"layers" expected to know "(dropout|gaussianNoise)"/,
    );
    equal(codeOf(error), 'model');
    for (const layers of [5, [5], [undefined], 'dense'])
      await fails(
        () => loadModel(bytes, { layers: layers as never }),
        'TypeError',
        /"layers" expected an array of layer factories/,
      );
  },

  async 'forged files are refused with a FormatError and its code before a model is built'(isthmus) {
    const { saveModel, loadModel, saveCheckpoint, loadCheckpoint, fit } = isthmus;
    const m = await build(isthmus);
    const file = saveModel(m);
    const edit = (change: (header: Record<string, Record<string, unknown>>) => void) => reheaded(file, change);
    const cases: [Uint8Array, string, RegExp][] = [
      [new Uint8Array(0), 'truncated', /expected/],
      [file.subarray(0, file.length - 1), 'truncated', /expected/],
      [Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0, 123), 'limit', /expected/],
      [
        edit((h) => {
          delete h['encoder.0.kernel'];
        }),
        'corrupt',
        /expected/,
      ],
      [
        edit((h) => {
          h['encoder.0.kernel']!.shape = [12, 20];
        }),
        'model',
        /encoder\.0\.kernel/,
      ],
      [
        edit((h) => {
          h.__metadata__!.version = '2';
        }),
        'version',
        /"version" expected 1\.\.1, got 2/,
      ],
      [
        edit((h) => {
          h.__metadata__!.version = 'x';
        }),
        'corrupt',
        /"version"/,
      ],
      [
        edit((h) => {
          h.__metadata__!.format = 'pt';
        }),
        'model',
        /"format" expected isthmus/,
      ],
      [
        edit((h) => {
          delete h.__metadata__;
        }),
        'model',
        /"format".*got nothing/,
      ],
      [
        edit((h) => {
          h.__metadata__!.model = '{';
        }),
        'corrupt',
        /"model" expected JSON/,
      ],
      [
        edit((h) => {
          h.__metadata__!.model = 'null';
        }),
        'model',
        /expected/,
      ],
      [
        edit((h) => {
          h.__metadata__!.model = '5';
        }),
        'model',
        /expected/,
      ],
      [
        edit((h) => {
          h.__metadata__!.model = '{"input":[20],"encoder":5,"decoder":[]}';
        }),
        'model',
        /expected/,
      ],
      [
        edit((h) => {
          h.__metadata__!.model = '{"input":[20],"encoder":[null],"decoder":[]}';
        }),
        'model',
        /"layers" expected to know/,
      ],
      [
        edit((h) => {
          h.__metadata__!.model = '{"input":[20],"encoder":[{"type":"__proto__"}],"decoder":[]}';
        }),
        'model',
        /expected to know/,
      ],
      [
        edit((h) => {
          h.__metadata__!.model = String(h.__metadata__!.model).replace('"units":12', '"units":16777216');
        }),
        'model',
        /encoder\.0\.kernel|4 GB/,
      ],
      [
        edit((h) => {
          h.__metadata__!.seed = '-1';
        }),
        'model',
        /"seed"/,
      ],
    ];
    for (const [bytes, expected, message] of cases)
      equal(codeOf(await fails(() => loadModel(bytes), 'FormatError', message)), expected, String(message));
    const nan = file.slice();
    nan.fill(255, nan.length - 8);
    equal(codeOf(await fails(() => loadModel(nan), 'FormatError', /finite/)), 'corrupt');

    await fit(m, x, { epochs: 1 });
    const checkpoint = saveCheckpoint(m);
    for (const training of ['{}', 'null', '{"history":{}}', '[]', '7', '{"optimizer":"adam","slots":["m","v","w"]}']) {
      const bytes = reheaded(checkpoint, (h) => {
        h.__metadata__!.training = training;
      });
      equal(codeOf(await fails(() => loadCheckpoint(bytes), 'FormatError', /"training" expected/)), 'corrupt');
    }
  },

  async 'a file with a changed byte gives a model or a FormatError, never another error'(isthmus) {
    const { autoencoder, dense, saveModel, loadModel } = isthmus;
    const m = await autoencoder(
      { input: [2], encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] },
      { seed: 1 },
    );
    const file = saveModel(m);
    for (let i = 0; i < file.length; i++) {
      for (const flip of [1, 8, 64, 255]) {
        const bytes = file.slice();
        bytes[i]! ^= flip;
        try {
          await loadModel(bytes);
        } catch (error) {
          ok(
            (error as Error).name === 'FormatError',
            `byte ${i} ^ ${flip}: ${(error as Error).name} ${(error as Error).message}`,
          );
        }
      }
    }
    for (let length = 0; length < file.length; length++) {
      await fails(() => loadModel(file.subarray(0, length)), 'FormatError', /expected/);
    }
    ok(numbers(1).length === 1, 'done');
  },
};
