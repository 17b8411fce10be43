export { residualCode } from "./residual/code";
export { residualBegin } from "./residual/state";
export { residualSide } from "./residual/side";
export { bytesBegin, bytesCode } from "./residual/bytes";
