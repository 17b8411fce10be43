// Runs in a thread with a small heap: reads forged files in turn and measures the cost of each, which is the bytes of buffers
// and of WebAssembly memory that were allocated, and the CPU time.

import { parentPort, workerData } from 'node:worker_threads';
import * as isthmus from 'isthmus';

export interface Task {
  readonly name: string;
  readonly loader: 'loadModel' | 'loadCheckpoint' | 'loadCodec' | 'loadDetector';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Compressed data for the loaded codec, and the method that decompresses them. */
  readonly data?: Uint8Array<ArrayBuffer>;
  readonly method?: 'decompress' | 'recover' | 'open' | 'stream';
  readonly maxBytes?: number;
}

export interface Cost {
  readonly name: string;
  /** `ok`, or the code of a FormatError, or the name of another error. */
  readonly outcome: string;
  readonly message: string;
  /** Bytes of all allocations of buffers and WebAssembly memory. */
  readonly taken: number;
  /** CPU time in milliseconds. */
  readonly cpu: number;
}

let taken = 0;
for (const name of [
  'ArrayBuffer',
  'Uint8Array',
  'Float32Array',
  'Float64Array',
  'Uint32Array',
  'Int32Array',
] as const) {
  const original = globalThis[name] as unknown as new (...args: unknown[]) => { readonly byteLength: number };
  // biome-ignore lint/suspicious/noExplicitAny: a proxy that counts replaces the constructor
  (globalThis as any)[name] = new Proxy(original, {
    construct(target, args, newTarget) {
      // A view of an existing buffer allocates nothing.
      if (typeof args[0] === 'number')
        taken += args[0] * ((target as unknown as Uint8ArrayConstructor).BYTES_PER_ELEMENT ?? 1);
      return Reflect.construct(target, args, newTarget);
    },
  });
}
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  taken += pages * 65536;
  return grow.call(this, pages);
};

const { loadModel, loadCheckpoint, loadCodec, loadDetector } = isthmus;
type Open = (bytes: Uint8Array, options: object) => isthmus.CodecReader;
const loaders = { loadModel, loadCheckpoint, loadCodec, loadDetector };

async function run({ loader, bytes, data, method, maxBytes }: Task): Promise<void> {
  const limits = maxBytes === undefined ? {} : { maxBytes };
  const loaded = await loaders[loader](bytes, data ? {} : (limits as object));
  if (!data) return;
  const codec = loaded as isthmus.Codec;
  if (method === 'open') (codec.open as Open).call(codec, data, limits).sample(0);
  else if (method === 'stream') {
    const through = codec.decompressionStream(limits as never) as TransformStream<Uint8Array, Float32Array>;
    for await (const values of new Blob([data]).stream().pipeThrough(through))
      if (!values.length) throw new Error('the stream gave an empty chunk');
  } else codec.decompress(data, { ...(limits as object), ...(method === 'recover' && { onDamage() {} }) });
}

const costs: Cost[] = [];
for (const task of workerData as Task[]) {
  taken = 0;
  const before = process.cpuUsage();
  let [outcome, message] = ['ok', ''];
  try {
    await run(task);
  } catch (error) {
    const { code, name, message: text } = error as Error & { code?: string };
    [outcome, message] = [name === 'FormatError' ? String(code) : name, text];
  }
  const { user, system } = process.cpuUsage(before);
  costs.push({ name: task.name, outcome, message, taken, cpu: (user + system) / 1000 });
  parentPort!.postMessage(costs.at(-1));
}
