export { bytesBegin, bytesCode } from './residual/bytes';
export { residualCode } from './residual/code';
export { residualSide } from './residual/side';
export { residualBegin } from './residual/state';
