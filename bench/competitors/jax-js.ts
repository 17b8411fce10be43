import { readFileSync } from 'node:fs';
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { type Competitor, pixels } from '../workloads.ts';

type Tensor = ReturnType<typeof np.array>;
type Parameters = { w1: Tensor; b1: Tensor; w2: Tensor; b2: Tensor };

const start = (...shape: number[]): Tensor =>
  np.array(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i) * 0.05)).reshape(shape);

const manifest = new URL('../node_modules/@jax-js/jax/package.json', import.meta.url);

/** jax-js on its WebAssembly backend; the step is plain gradient descent, which is less work than Adam. */
export const jaxJs = (): Competitor => ({
  name: 'jax-js wasm (SGD)',
  version: JSON.parse(readFileSync(manifest, 'utf8')).version,
  async open({ net, kind, rows }) {
    if (kind !== 'step') return 'not measured';
    await init('wasm');
    defaultDevice('wasm');
    if (net === 'conv') {
      await (await import('./jax-agreement.ts')).checkConvAgreement();
      return (await import('./jax-conv.ts')).convStep(rows);
    }
    let parameters: Parameters = { w1: start(784, 64), b1: np.zeros([64]), w2: start(64, 784), b2: np.zeros([784]) };
    const x = np.array(pixels(rows)).reshape([rows, 784]);
    const loss = (p: Parameters, batch: Tensor): Tensor => {
      const code = nn.relu(np.dot(batch.ref, p.w1).add(p.b1));
      const difference = nn.sigmoid(np.dot(code, p.w2).add(p.b2)).sub(batch);
      return difference.ref.mul(difference).mean();
    };
    const step = jit((p: Parameters, batch: Tensor) => {
      const [value, gradients] = valueAndGrad(loss)(tree.ref(p), batch);
      return [value, tree.map((w: Tensor, g: Tensor) => w.sub(g.mul(0.01)), p, gradients)] as [Tensor, Parameters];
    });
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          const [value, next] = step(parameters, x.ref);
          value.dispose();
          parameters = next;
        }
        await blockUntilReady(parameters);
      },
    };
  },
});
