// More features than pixels, of which 5 % are active for a digit. The controller of `sparse` finds the
// threshold by itself.
//
//   node sparse-features.ts [--data DIR] [--quick]

import { adam, autoencoder, evaluate, fit, sparseAutoencoder } from 'isthmus';
import { PIXELS, startExample } from './digits.ts';

const { digits, quick } = await startExample();
const features = quick ? 256 : 1024;
const model = await autoencoder(sparseAutoencoder({ input: [PIXELS], latent: features, target: 0.05 }), { seed: 1 });
await fit(model, digits.train, {
  epochs: quick ? 4 : 3,
  batchSize: 64,
  optimizer: adam(0.001),
  onEpochEnd(epoch, { loss }) {
    const codes = model.encode(digits.test);
    const active = codes.filter((value) => value !== 0).length / codes.length;
    console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(4)}, ${(active * 100).toFixed(1)} % active`);
  },
});

// The most specific feature of each digit: often active for this digit, seldom for every other one.
const codes = model.encode(digits.test);
const activeCounts = new Float64Array(features * 10);
const digitCounts = new Float64Array(10);
digits.testLabels.forEach((label, i) => {
  digitCounts[label]!++;
  for (let j = 0; j < features; j++) activeCounts[j * 10 + label]! += Number(codes[i * features + j] !== 0);
});
/** The share of a digit's images for which the feature is active. */
const activeShare = (feature: number, digit: number): number =>
  activeCounts[feature * 10 + digit]! / digitCounts[digit]!;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

for (let digit = 0; digit < 10; digit++) {
  const largestOther = (feature: number): number =>
    Math.max(...Array.from({ length: 10 }, (_, other) => (other === digit ? 0 : activeShare(feature, other))));
  const specificity = (feature: number): number => activeShare(feature, digit) - largestOther(feature);
  let best = 0;
  for (let j = 1; j < features; j++) if (specificity(j) > specificity(best)) best = j;
  console.log(
    `${digit}: feature ${best} is active for ${percent(activeShare(best, digit))} of them, and for at most ${percent(largestOther(best))} of any other digit`,
  );
}
console.log(`error ${evaluate(model, digits.test).meanSquaredError.toFixed(4)}`);
