// Starts the WASM backend of TensorFlow.js from a compiled module, as the `init` of the backend does from a file.

/** The function of Emscripten that `tfjs-backend-wasm/wasm-out` exports. */
export type WasmFactory = (config: object) => Promise<object>;

interface EmscriptenModule {
  cwrap(name: string, result: string | null, parameters: readonly string[]): unknown;
  tfjs: object;
}

/** A new backend. Errors: errors of the module at its start. */
export async function startBackend(
  factory: WasmFactory,
  Backend: new (wasm: never) => object,
  module: WebAssembly.Module,
): Promise<object> {
  const globals = globalThis as { __dirname?: string };
  // Emscripten reads `__dirname` where it takes the runtime for Node. A Worker with Node's compatibility has none.
  const isMissing = globals.__dirname === undefined;
  if (isMissing) globals.__dirname = '/';
  try {
    const wasm = await instantiate(factory, module);
    const n = 'number';
    wasm.tfjs = {
      init: wasm.cwrap('init', null, []),
      initWithThreadsCount: wasm.cwrap('init_with_threads_count', null, [n]),
      getThreadsCount: wasm.cwrap('get_threads_count', n, []),
      registerTensor: wasm.cwrap('register_tensor', null, [n, n, n]),
      disposeData: wasm.cwrap('dispose_data', null, [n]),
      dispose: wasm.cwrap('dispose', null, []),
    };
    return new Backend(wasm as never);
  } finally {
    if (isMissing) delete globals.__dirname;
  }
}

const instantiate = (factory: WasmFactory, module: WebAssembly.Module): Promise<EmscriptenModule> =>
  new Promise((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, done: (...result: object[]) => void): object => {
      WebAssembly.instantiate(module, imports)
        .then((instance) => done(instance, module))
        .catch(reject);
      return {};
    };
    const locateFile = (path: string): string => path;
    (factory({ instantiateWasm, locateFile, onAbort: reject }) as Promise<EmscriptenModule>).then(resolve, reject);
  });
