import * as randomStreams from '../core/random-streams.ts';
import { type Engine, seedWords } from './engine.ts';
import { writeWeight } from './weights.ts';

/** The fan of each initializer. Weights are uniform in ±limit, with a variance of limit²/3 = 1/fan. */
const meanFan = {
  /** Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010. */
  glorotUniform: (fanIn: number, fanOut: number) => (fanIn + fanOut) / 2,
  /** He et al., Delving deep into rectifiers, 2015. */
  heUniform: (fanIn: number) => fanIn / 2,
  /** LeCun et al., Efficient backprop, 1998. */
  lecunUniform: (fanIn: number) => fanIn,
};

/** Initializes all weights from the engine's seed, to the same bits on every runtime. */
export function initialize(engine: Engine): void {
  const { scratch, parameters } = engine.memory;
  engine.network.weights.forEach((weight, index) => {
    const start = (parameters + weight.offset) / 4;
    const { initializer, size, shape } = weight;
    const stream = randomStreams.weights + index;
    if (weight.storage) {
      writeWeight(engine.memory, weight, new Float32Array(size));
      return;
    }
    if (typeof initializer === 'function') {
      const values = initializer(shape, (count, use) => engine.randomWords(count, 0, stream, use));
      engine.memory.floats.set(values, start);
      return;
    }
    if (initializer === 'zeros' || initializer === 'ones') {
      engine.memory.floats.fill(initializer === 'ones' ? 1 : 0, start, start + size);
      return;
    }
    const limit = Math.sqrt(3 / meanFan[initializer](weight.fanIn, weight.fanOut));
    engine.kernels.uniform(parameters + weight.offset, size, limit, scratch, 0, stream, ...seedWords(engine.seed));
  });
}
