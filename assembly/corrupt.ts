// Noise and augmentation.

export { brightnessContrast, shiftFlip } from './augment';
export { addNormal, poisson, saltAndPepper } from './noise';
export { uniformAt } from './rng';
export { fillRuns } from './vector';
