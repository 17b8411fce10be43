// Every layer of the table against float64 at odd sizes: 1 to 17 channels, images of 1×1 and 5×3, batches of 1, 3 and 33.
import { describe, it } from 'node:test';
import * as isthmus from '../../src/index.ts';
import { layerTable } from '../reference/layer-table.ts';
import type { Isthmus } from '../suites/assert.ts';
import { check } from './layer-check.ts';

describe('layers at odd sizes, against float64', () => {
  for (const [type, { cases, signal }] of Object.entries(layerTable)) {
    for (const [title, make] of Object.entries(cases)) {
      it(`${type}, ${title}`, async () => {
        for (const channels of [1, 2, 3, 5, 7, 17]) {
          for (const [height, width] of [
            [1, 1],
            [5, 3],
          ] as const) {
            const shape = [...(signal ? [height * width] : [height, width]), channels];
            for (const rows of [1, 3, 33])
              await check([make(isthmus as unknown as Isthmus, shape)], shape, rows, true, 'encoder');
          }
        }
      });
    }
  }
});
