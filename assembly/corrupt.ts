// Noise and augmentation.

export { addNormal, brightnessContrast, fillRuns, poisson, saltAndPepper, shiftFlip, uniformAt } from './noise';
