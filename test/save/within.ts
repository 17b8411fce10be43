// Runs one reader of forged files after the other in a thread with a small heap, and counts what each takes: bytes of
// buffers and of WebAssembly memory, and time of the processor.

import { parentPort, workerData } from 'node:worker_threads';
import * as isthmus from 'isthmus';

export interface Task {
  readonly name: string;
  readonly loader: 'loadModel' | 'loadCheckpoint' | 'loadCodec' | 'loadDetector';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What is decompressed by the codec, and by which of its methods. */
  readonly data?: Uint8Array<ArrayBuffer>;
  readonly method?: 'decompress' | 'recover' | 'open' | 'stream';
  readonly maxBytes?: number;
}

export interface Cost {
  readonly name: string;
  /** `ok`, or the code of a FormatError, or the name of another error. */
  readonly outcome: string;
  readonly message: string;
  /** Bytes of all buffers and WebAssembly memory that were asked for. */
  readonly taken: number;
  /** Milliseconds of the processor. */
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
  const own = globalThis[name] as unknown as new (...args: unknown[]) => { readonly byteLength: number };
  // biome-ignore lint/suspicious/noExplicitAny: what counts stands in the place of what is counted
  (globalThis as any)[name] = new Proxy(own, {
    construct(target, args, newTarget) {
      // A view of a buffer takes none of its own.
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
  const most = maxBytes === undefined ? {} : { maxBytes };
  const loaded = await loaders[loader](bytes, data ? {} : (most as object));
  if (!data) return;
  const codec = loaded as isthmus.Codec;
  if (method === 'open') (codec.open as Open).call(codec, data, most).sample(0);
  else if (method === 'stream') {
    const through = codec.decompressionStream(most as never) as TransformStream<Uint8Array, Float32Array>;
    for await (const values of new Blob([data]).stream().pipeThrough(through))
      if (!values.length) throw new Error('none');
  } else codec.decompress(data, { ...(most as object), ...(method === 'recover' && { onDamage() {} }) });
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
