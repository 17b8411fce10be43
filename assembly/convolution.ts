export { convolve, packTaps } from "./conv/convolve";
export { depthwise } from "./conv/depthwise";
export { convolveFew, packFew } from "./conv/few";
export { addresses, pad } from "./conv/geometry";
export { pool } from "./pool";
export { resize } from "./resize";
