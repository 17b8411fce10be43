import type { Samples } from 'isthmus';
import { equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';
import { buildModel, deterministicOptions, size, weightsOf, x } from './small-model.ts';

const count = x.length / size;
const rowsOf = <T>(make: (row: Float32Array) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(x.subarray(i * size, (i + 1) * size)));
const bytes = Uint8Array.from(x, (v) => Math.round(v * 255));
const listOf = (values: Uint8Array | Uint8ClampedArray) =>
  Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));

/** Transfers the buffer of `view`, which leaves all its views with length 0. */
const detach = (view: ArrayBufferView): void => {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
};

type Resizable = ArrayBuffer & { resize(bytes: number): void };
const resizable = (bytes: number, maxByteLength: number): Resizable =>
  new (ArrayBuffer as unknown as new (bytes: number, options: object) => Resizable)(bytes, { maxByteLength });

/** All calls that take samples, by the name of the parameter. `model` was trained for one epoch. */
const takers = (i: Isthmus, model: Awaited<ReturnType<typeof buildModel>>) => ({
  x: (s: Samples) => model.encode(s),
  fit: (s: Samples) => i.fit(model, s),
  targets: (s: Samples) => i.fit(model, x, { targets: s }),
  validationData: (s: Samples) => i.fit(model, x, { validationData: s }),
  validationTargets: (s: Samples) => i.fit(model, x, { validationData: x, validationTargets: s }),
  stream: (s: Samples) => i.fit(model, async function* () { yield s; }),
  evaluate: (s: Samples) => i.evaluate(model, s),
  normalSamples: (s: Samples) => i.anomalyDetector(model, s),
  calibrationSamples: (s: Samples) => i.createCodec(model, s, { maxError: 0.1 }),
}); // biome-ignore format: a table

/** Accepted kinds of samples, and the errors for all others. */
export const samples: Suite = {
  async 'lists of samples give the same results as one array with the same values'(i) {
    const model = await buildModel(i);
    await i.fit(model, x, deterministicOptions);
    const lists: [string, Samples, Samples][] = [
      ['numbers', rowsOf((row) => [...row]), x],
      ['doubles', rowsOf((row) => Array.from(row, (v) => v + 1e-12)), x.map((v) => v + 1e-12)],
      ['bytes', listOf(bytes), bytes],
      ['clamped bytes', listOf(Uint8ClampedArray.from(bytes)), bytes],
      [
        'bytes of both kinds',
        [...listOf(bytes).slice(0, 100), ...listOf(Uint8ClampedArray.from(bytes)).slice(100)],
        bytes,
      ],
    ];
    for (const [name, list, flat] of lists) {
      sameBits(model.encode(list), model.encode(flat), name);
      equal(i.evaluate(model, list), i.evaluate(model, flat), name);
      const [a, b] = [await buildModel(i), await buildModel(i)];
      await i.fit(a, list, { ...deterministicOptions, targets: list, validationData: list });
      await i.fit(b, flat, { ...deterministicOptions, targets: flat, validationData: flat });
      sameBits(weightsOf(a), weightsOf(b), `${name}: fit`);
      const [c, d] = [await buildModel(i), await buildModel(i)];
      await i.fit(c, async function* () { yield list; }, deterministicOptions); // biome-ignore format: short
      await i.fit(d, async function* () { yield flat; }, deterministicOptions); // biome-ignore format: short
      sameBits(weightsOf(c), weightsOf(d), `${name}: a stream`);
      const [one, other] = [await i.anomalyDetector(model, list), await i.anomalyDetector(model, flat)];
      sameBits(one.score(list), other.score(flat), `${name}: scores`);
      const codec = await i.createCodec(model, list, { maxError: 0.1 });
      sameBits(codec.compress(list), (await i.createCodec(model, flat, { maxError: 0.1 })).compress(flat), name);
    }
    const lossless = await i.createCodec(model, listOf(bytes), { lossless: true });
    sameBits(lossless.decompress(lossless.compress(listOf(bytes))), bytes, 'lossless');
  },

  async 'a value that is not a number is refused with the index of its sample and its index in the sample'(i) {
    const model = await buildModel(i);
    const put = (value: unknown) =>
      rowsOf((row) => [...row]).map((row, r) => (r === 3 ? row.map((v, k) => (k === 5 ? value : v)) : row));
    for (const value of [null, undefined, '0.5', 5n, [0.5], {}]) {
      const hint = Array.isArray(value)
        ? '(NAME.map((row) => row.flat()))'
        : (value ?? undefined) === undefined && '(fill or leave out missing values)';
      for (const [name, take] of Object.entries(takers(i, model))) {
        const taken = ['fit', 'stream', 'evaluate'].includes(name) ? 'x' : name;
        const message = `"${taken}[3][5]" expected a number ${(hint || 'that float32 holds').replace('NAME', taken)}, got `;
        await fails(() => take(put(value) as never), 'TypeError', new RegExp(message.replace(/[[\]().]/g, '\\$&')));
      }
    }
    for (const [name, take] of Object.entries(takers(i, model))) {
      const taken = ['fit', 'stream', 'evaluate'].includes(name) ? 'x' : name;
      for (const value of [1e39, -Number.MAX_VALUE])
        await fails(
          () => take(put(value) as never),
          'RangeError',
          new RegExp(
            `"${taken}\\[3\\]\\[5\\]" expected a number that float32 holds, got ${String(value).replace('+', '.')}`,
          ),
        );
    }
    const codec = await i.createCodec(model, x, { maxError: 0.1 });
    await fails(
      () => codec.compress(put(1e39) as never),
      'RangeError',
      /"x\[3\]\[5\]" expected a number that float32 holds/,
    );
    ok(
      codec.decompress(codec.compress(put(Infinity) as never)).includes(Infinity),
      'a codec with a bound keeps infinities',
    );
    for (const value of [Number.NaN, Infinity])
      await fails(
        () => model.encode(put(value) as never),
        'RangeError',
        /"x" expected finite numbers, got \S+ in sample 3, value 5/,
      );
    const hole = rowsOf((row) => [...row]);
    delete hole[3]![5];
    await fails(() => model.encode(hole), 'TypeError', /"x\[3\]\[5\]" expected a number \(fill .*, got undefined/);
    delete hole[2];
    await fails(() => model.encode(hole), 'TypeError', /"x\[2\]" expected Float32Array.*got undefined/);
    await fails(() => model.encode([[1, 2]]), 'RangeError', /"x\[0\]" expected 20 values, one sample of \[20\]/);
    await fails(
      () => model.encode([x.subarray(0, size), bytes.subarray(0, size)] as never),
      'TypeError',
      /"x\[1\]" expected Float32Array/,
    );
    await fails(
      () => model.encode([bytes.subarray(0, size), x.subarray(0, size)] as never),
      'TypeError',
      /"x\[1\]" expected Uint8Array/,
    );
  },

  async 'values of other types are refused with an expression that converts them'(i) {
    const model = await buildModel(i);
    const blob = new Blob([bytes]);
    const image = { data: Uint8ClampedArray.from(bytes), width: size, height: count };
    const tensor = { data: async () => x };
    const cases: [unknown, RegExp][] = [
      [Float64Array.from(x), /such as Float32Array\.from\(x, Number\), got Float64Array\(4000\)/],
      [Int16Array.from(x), /such as Float32Array\.from\(x, Number\), got Int16Array/],
      [BigInt64Array.of(5n), /such as Float32Array\.from\(x, Number\), got BigInt64Array/],
      [[...x], /such as Float32Array\.from\(x, Number\), got Array\(4000\)/],
      [[1, null, 3], /"x\[1\]" expected a number \(fill or leave out missing values\), got null$/],
      [[1, '2', 3], /"x\[1\]" expected a number that float32 holds, got "2"$/],
      [blob, /such as new Uint8Array\(await x\.arrayBuffer\(\)\), got Blob/],
      [image, /such as x\.data, got an object/],
      [tensor, /such as await x\.data\(\), got an object/],
      [null, /an array of samples, got null/],
      [undefined, /an array of samples, got undefined/],
      ['x', /an array of samples.*, got "x"/],
      [[null], /"x\[0\]" expected Float32Array, Uint8Array or an array of numbers, got null/],
      [[Float64Array.from(x)], /"x\[0\]" .*such as Float32Array\.from\(x\[0\], Number\), got Float64Array/],
    ];
    for (const [value, message] of cases) {
      await fails(() => model.encode(value as never), 'TypeError', message);
      await fails(() => i.fit(model, value as never), 'TypeError', message);
    }
    sameBits(
      model.encode(Float32Array.from(Float64Array.from(x), Number)),
      model.encode(x),
      'the suggested expression gives the same codes',
    );
  },

  async 'a transferred buffer is refused with the name of the parameter'(i) {
    const model = await buildModel(i);
    for (const [name, take] of Object.entries(takers(i, model))) {
      const taken = ['fit', 'stream', 'evaluate'].includes(name) ? 'x' : name;
      const transferred = x.slice();
      detach(transferred);
      const message = new RegExp(
        `"${taken}" expected .* that is not transferred or made smaller, got Float32Array\\(0\\)`,
      );
      const chunk = /"x" expected a buffer that is not transferred/;
      await fails(() => take(transferred), 'RangeError', name === 'stream' ? chunk : message);
      await fails(
        () => take([x.slice(0, size), transferred]),
        'RangeError',
        new RegExp(`"${taken}\\[1\\]" expected 20 values`),
      );
    }
  },

  async 'fit refuses a buffer that is transferred or made smaller while it trains, and the model stays usable'(i) {
    const ways: Record<string, () => [samples: Samples, change: () => void]> = {
      transferred: () => {
        const flat = x.slice();
        return [flat, () => detach(flat)];
      },
      'transferred bytes': () => {
        const flat = bytes.slice();
        return [flat, () => detach(flat)];
      },
      'one of a list transferred': () => {
        const list = rowsOf((row) => row.slice());
        return [list, () => list.forEach(detach)];
      },
      'made smaller': () => {
        const buffer = resizable(x.byteLength, x.byteLength);
        const flat = new Float32Array(buffer);
        flat.set(x);
        return [flat, () => buffer.resize(16)];
      },
    };
    for (const [name, make] of Object.entries(ways))
      for (const role of ['x', 'targets', 'validationData'] as const) {
        const model = await buildModel(i);
        const [given, change] = make();
        const options = { batchSize: 8, epochs: 3, onBatchEnd: (batch: number) => batch === 4 && change() };
        const run = role === 'x' ? i.fit(model, given, options) : i.fit(model, x, { ...options, [role]: given });
        const message = new RegExp(`"${role}" expected a buffer that is not transferred or made smaller, got `);
        await fails(() => run, 'RangeError', message);
        ok(weightsOf(model).every(Number.isFinite), name);
        await i.fit(model, x, { resume: false });
      }
    const model = await buildModel(i);
    const chunk = x.slice();
    const run = i.fit(model, async function* () { yield chunk; }, { onBatchEnd: () => detach(chunk) }); // biome-ignore format: short
    await fails(() => run, 'RangeError', /"x" expected a buffer/);
  },

  async 'shared, resizable and growing buffers give the same results as plain ones'(i) {
    const bytesOf = x.byteLength;
    const grown = resizable(bytesOf, 2 * bytesOf);
    const buffers: [string, ArrayBufferLike, () => void][] = [
      ['resizable', resizable(bytesOf, 2 * bytesOf), () => {}],
      ['growing', grown, () => grown.resize(2 * bytesOf)],
    ];
    // `SharedArrayBuffer` is undefined in pages that are not cross-origin isolated; a shared memory gives one there too.
    const pages = Math.ceil(bytesOf / 65536);
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    buffers.push(['shared', buffer, () => {}]);
    const expected = await buildModel(i);
    const history = await i.fit(expected, x, { ...deterministicOptions, targets: x, validationData: x });
    for (const [name, buffer, change] of buffers) {
      const flat = new Float32Array(buffer, 0, name === 'shared' ? x.length : undefined);
      flat.set(x);
      const model = await buildModel(i);
      const options = {
        ...deterministicOptions,
        targets: flat,
        validationData: flat,
        onBatchEnd: (batch: number) => batch === 2 && change(),
      };
      equal((await i.fit(model, flat, options)).valLoss, history.valLoss, name);
      sameBits(weightsOf(model), weightsOf(expected), `${name}: weights`);
      const view = flat.subarray(0, x.length);
      sameBits(model.encode(view), expected.encode(x), `${name}: codes`);
      const codec = await i.createCodec(model, view, { maxError: 0.1 });
      sameBits(codec.decompress(codec.compress(view)), codec.decompress(codec.compress(x)), `${name}: codec`);
      const detector = await i.anomalyDetector(model, view);
      sameBits(detector.score(view), (await i.anomalyDetector(model, x)).score(x), `${name}: scores`);
    }
  },

  async 'a picture or a chunk whose buffer is transferred while it is read is refused'(i) {
    const model = await i.autoencoder(
      {
        input: [8, 8, 1],
        encoder: [i.conv2d({ filters: 1, kernelSize: 1 })],
        decoder: [i.conv2d({ filters: 1, kernelSize: 1 })],
      },
      { seed: 1 },
    );
    for (const data of [numbers(800 * 800), new Uint8Array(800 * 800)]) {
      const run = i.denoiseImage(
        model,
        { data, width: 800, height: 800 },
        { onProgress: () => data.byteLength && detach(data) },
      );
      await fails(() => run, 'RangeError', /"data" expected a buffer that is not transferred or made smaller/);
    }
    const plain = await buildModel(i);
    const codec = await i.createCodec(plain, x, { maxError: 0.1, samplesPerBlock: 10 });
    const { readable, writable } = codec.compressionStream() as unknown as ReadableWritablePair<
      Uint8Array,
      Float32Array
    >;
    const [reader, writer] = [readable.getReader(), writable.getWriter()];
    const chunk = x.slice();
    const written = writer.write(chunk).catch(() => {});
    await reader.read();
    detach(chunk);
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    await fails(rest, 'RangeError', /"chunk" expected a buffer that is not transferred or made smaller/);
    await written;
    for (const streams of [codec.compressionStream(), codec.decompressionStream()]) {
      const other = (streams as unknown as { writable: WritableStream<unknown> }).writable.getWriter();
      other.closed.catch(() => {});
      const write = () => other.write(chunk);
      await fails(write, 'RangeError', /"(chunk|bytes)" expected a buffer that is not transferred or made smaller/);
    }
  },
};
