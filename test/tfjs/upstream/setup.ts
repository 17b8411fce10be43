// The first module in the bundle of tfjs's test cases: sets the backend that the cases run on.
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
// @ts-expect-error without types
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
// @ts-expect-error without types
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
// @ts-expect-error without types
import '@tensorflow/tfjs-core/dist/register_all_gradients';

setThreadsCount(1);
setWasmPaths(process.env.TFJS_WASM as string);
setTestEnvs([{ name: 'wasm', backendName: 'wasm', isDataSync: true }]);

export * as tf from '@tensorflow/tfjs-core';
