// More features than pixels, of which 5 % are active at a time. The controller finds the threshold by itself.
//
//   node examples/node/sparse-features.ts [--data DIR] [--quick]

import { adam, autoencoder, evaluate, fit, sparseAutoencoder } from 'isthmus';
import { given, SIZE } from './digits.ts';

const { digits, quick } = await given();
const latent = quick ? 256 : 1024;
const model = await autoencoder(sparseAutoencoder({ input: [SIZE], latent, target: 0.05 }), { seed: 1 });
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

// Which feature stands for which digit? The one that is active most often for it, and for others least.
const codes = model.encode(digits.test);
const counts = new Float64Array(latent * 10);
const members = new Float64Array(10);
digits.testLabels.forEach((label, i) => {
  members[label]!++;
  for (let j = 0; j < latent; j++) counts[j * 10 + label]! += Number(codes[i * latent + j] !== 0);
});
const share = (feature: number, label: number): number => counts[feature * 10 + label]! / members[label]!;
for (let label = 0; label < 10; label++) {
  const others = (feature: number): number =>
    Math.max(...Array.from({ length: 10 }, (_, other) => (other === label ? 0 : share(feature, other))));
  let best = 0;
  for (let j = 1; j < latent; j++) if (share(j, label) - others(j) > share(best, label) - others(best)) best = j;
  const [own, most] = [share(best, label), others(best)].map((value) => `${(value * 100).toFixed(0)} %`);
  console.log(`${label}: feature ${best} is active for ${own} of them, and for at most ${most} of any other digit`);
}
console.log(`error ${evaluate(model, digits.test).meanSquaredError.toFixed(4)}`);
