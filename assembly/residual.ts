export { residualCode } from "./residual/code";
export { residualBegin } from "./residual/state";
export { residualSide } from "./residual/side";
