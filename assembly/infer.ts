export { activate } from "./activation";
export { gemm } from "./gemm/gemm";
export { lossSum } from "./loss";
export { pixelsToFloats } from "./pixels";
export { randomWords } from "./random";
export { penalty } from "./regularize";
