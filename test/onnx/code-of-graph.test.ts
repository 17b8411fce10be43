// The value of a graph that `fromOnnx` takes as the code.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromOnnx } from 'isthmus/onnx';
import { chain, weights } from './chain.ts';
import { graphFile } from './graph-file.ts';

describe('the code of a graph', () => {
  const nodes = chain(
    { operator: 'Gemm', inputs: ['a'] },
    { operator: 'Relu' },
    { operator: 'Gemm', inputs: ['b'] },
    { operator: 'Gemm', inputs: ['c'] },
    { operator: 'Sigmoid' },
  );
  const graph = { nodes, tensors: [weights('a', 6, 4), weights('b', 4, 2), weights('c', 2, 6)], input: ['N', 6] };
  const lengths = async (code?: string) => {
    const { encoder, decoder, head } = (await fromOnnx(graphFile(graph), code === undefined ? {} : { code })).spec;
    return [encoder.length, decoder?.length, head?.length];
  };

  it('is the first of the smallest values, or the value of the option', async () => {
    assert.deepEqual(await lengths(), [2, 1, undefined]);
    assert.deepEqual(await lengths('v1'), [1, 2, undefined]);
    assert.deepEqual(await lengths('y'), [3, 0, undefined]);
    await assert.rejects(lengths('nothing'), /^RangeError: "code" expected one of v0, v1, v2, v3, y, got "nothing"$/);
    await assert.rejects(lengths(3 as never), /^TypeError: "code" expected a string, got 3$/);
  });

  it('is followed by a head where the output has another shape, and by nothing where the output is smallest', async () => {
    const shorter = { ...graph, nodes: nodes.slice(0, 3), output: 'v2' };
    const { encoder, decoder, head } = (await fromOnnx(graphFile(shorter))).spec;
    assert.deepEqual([encoder.length, decoder, head], [2, undefined, undefined]);
    const classifier = (await fromOnnx(graphFile(shorter), { code: 'v1' })).spec;
    assert.deepEqual([classifier.encoder.length, classifier.head?.length], [1, 1]);
  });
});
