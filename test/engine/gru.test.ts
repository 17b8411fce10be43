// The gated recurrent unit against its float64 twin.
import { describe, it } from 'node:test';
import { gru } from '../../src/index.ts';
import { check } from './layer-check.ts';

describe('gru, against float64', () => {
  for (const resetAfter of [true, false])
    for (const returnSequences of [true, false])
      it(`resetAfter ${resetAfter}, returnSequences ${returnSequences}: steps, units, features, batches`, async () => {
        const options = { resetAfter, returnSequences };
        for (const time of [1, 2, 7]) await check([gru({ units: 3, ...options })], [time, 2], 3);
        for (const units of [1, 2, 4, 5, 8, 17]) await check([gru({ units, ...options })], [3, 3], 2);
        for (const rows of [1, 5, 33]) await check([gru({ units: 4, ...options })], [4, 1], rows);
        await check([gru({ units: 5, goBackwards: true, ...options })], [4, 3], 3);
        await check([gru({ units: 5, useBias: false, ...options })], [4, 3], 3);
        await check([gru({ units: 3, recurrentInitializer: 'heUniform', ...options })], [5, 2], 1, false);
        await check([gru({ units: 3, returnSequences: true }), gru({ units: 4, ...options })], [5, 2], 3);
      });
});
