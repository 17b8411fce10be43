export { integerProduct } from "./integers";
export { segmentSum } from "./segment";
export { maxPool3d, maxPool3dBackward } from "./pool3d";
