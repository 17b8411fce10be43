// The reader of files of other tools: a separate chunk, which `fromOnnx` loads when it gets such a file.

export { readGraph } from './graph.ts';
export { splitModel } from './split.ts';
