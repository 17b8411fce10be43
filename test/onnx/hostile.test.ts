// Bytes that are no ONNX file, or one that nobody could run: `fromOnnx` says which part is wrong, and allocates nothing for it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { autoencoder, dense, FormatError, saveModel } from 'isthmus';
import { fromOnnx, toOnnx } from 'isthmus/onnx';
import { encodeMessage, type Message } from '../../src/onnx/write/message.ts';
import { mutate, randomFrom } from '../fuzz/mutate.ts';
import { floats, type GraphText, graphFile, integers, type NodeText, valueInfo } from './graph-file.ts';
import { withoutSpec } from './models.ts';

const folder = new URL('../vectors/onnx/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => new Uint8Array(readFileSync(new URL(name, folder))));

const model = await autoencoder(
  { input: [4], encoder: [dense({ units: 2, activation: 'relu' })], decoder: [dense({ units: 4 })] },
  { seed: 1 },
);
const ours = toOnnx(model);

/** A file is refused with a message. */
const refused = (bytes: Uint8Array, message: RegExp) =>
  assert.rejects(fromOnnx(bytes), (error) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, message);
    return true;
  });

const refusedGraph = (graph: GraphText, message: RegExp) => refused(graphFile(graph), message);
const node = (operator: string, inputs: string[] = ['x'], more: Partial<NodeText> = {}): NodeText => ({
  operator,
  inputs,
  name: 'here',
  ...more,
});
const matrix = floats('w', [4, 3], Array(12).fill(0.5));
const image = ['N', 2, 6, 6];
const kernel = floats('w', [3, 2, 3, 3], Array(54).fill(0.1));

describe('bytes that are no ONNX file', () => {
  it('are refused by the format that they have', async () => {
    await refused(new Uint8Array(0), /"file" expected an ONNX file with a graph, got none/);
    await refused(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /expected an ONNX file, got PNG/);
    await refused(new TextEncoder().encode('<!doctype html>'), /a web page/);
    await refused(saveModel(model), /"file" expected/);
    await assert.rejects(fromOnnx('model.onnx' as never), TypeError);
  });

  it('are refused wherever they end', async () => {
    const x = new Float32Array(4).fill(1);
    let readable = 0;
    for (let length = 0; length < ours.length; length++) {
      try {
        // Complete but for the metadata, which other tools do not write either.
        assert.deepEqual((await fromOnnx(ours.subarray(0, length))).predict(x), model.predict(x));
        readable++;
      } catch (error) {
        assert.ok(error instanceof FormatError, `${length} bytes: ${error}`);
      }
    }
    assert.ok(readable < 10, String(readable));
  });

  it('are refused for lengths beyond the end, long integers and groups', async () => {
    await refused(Uint8Array.of(8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f), /complete ONNX file/);
    await refused(Uint8Array.of(8, 8, 0x3a, ...Array(9).fill(0xff), 1), /complete ONNX file/);
    await refused(Uint8Array.of(8, ...Array(11).fill(0xff), 1), /integers of 64 bits/);
    await refused(Uint8Array.of(8, 8, 0x0b, 0x0c), /other bytes/);
    await refused(Uint8Array.of(8, 8, 0x3a, 4, 0x0a, 2, 0x0a, 9), /complete ONNX file/);
  });

  it('are refused for more fields than a file has', async () => {
    const many = new Uint8Array(5_000_000).fill(0);
    for (let i = 0; i < many.length; i += 2) many[i] = 8;
    await refused(many, /fields/);
  });

  it('may nest deeper than any graph', async () => {
    let nested: Message = { 1: 1 };
    for (let i = 0; i < 500; i++) nested = { 6: nested };
    const graph = graphFile({ nodes: [node('If', ['x'], { attributes: {} })], output: 'y' });
    await refused(new Uint8Array([...graph, ...encodeMessage({ 99: nested })]), /"here" expected an operator/);
  });
});

describe('tensors', () => {
  const withTensor = (tensor: Message): GraphText => ({ nodes: [node('MatMul', ['x', 'w'])], tensors: [tensor] });

  it('are refused for sizes that the file does not have', async () => {
    const short = floats('w', [4, 3], [1, 2]);
    for (const dims of [[4, 3], [2 ** 40, 2 ** 40], [-4, -3], [0], [1e15]])
      await refusedGraph(withTensor({ ...short, 1: dims }), /"w" expected 2 values, got the shape/);
  });

  it('are refused for types without numbers and for external data', async () => {
    await refusedGraph(withTensor({ ...matrix, 2: 8 }), /"w" expected a tensor of floats, got type 8/);
    await refusedGraph(withTensor({ ...matrix, 2: 999 }), /type 999/);
    await refusedGraph(
      withTensor({ ...matrix, 13: [{ 1: 'location', 2: '../weights' }] }),
      /"w" expected its values in the same file/,
    );
  });

  it('are refused for values that are not finite', () =>
    refusedGraph(withTensor(floats('w', [4, 1], [1, Number.NaN, 1, 1])), /"w" expected finite values/));

  it('are read from packed and single floats, and from types of 16 and 64 bits', async () => {
    const values = [0.5, -2, 1, 0.25];
    const halves = [0x3800, 0xc000, 0x3c00, 0x3400];
    const raw = new Uint8Array(Float32Array.from(values).buffer);
    const common = { 1: [4, 1], 8: 'w' };
    const tensors: Message[] = [
      { ...common, 2: 1, 4: raw },
      { ...common, 2: 1, 4: values.map((value) => Float32Array.of(value)) },
      { ...common, 2: 11, 9: new Uint8Array(Float64Array.from(values).buffer) },
      { ...common, 2: 11, 10: new Uint8Array(Float64Array.from(values).buffer) },
      { ...common, 2: 10, 9: new Uint8Array(Uint16Array.from(halves).buffer) },
      { ...common, 2: 10, 5: halves },
      { ...common, 2: 16, 9: new Uint8Array(Uint16Array.of(0x3f00, 0xc000, 0x3f80, 0x3e80).buffer) },
    ];
    for (const tensor of tensors) {
      const read = await fromOnnx(graphFile(withTensor(tensor)));
      assert.deepEqual([...read.predict(Float32Array.of(1, 1, 2, 4))], [1.5]);
    }
  });
});

describe('graphs', () => {
  it('are refused for operators that isthmus does not have, with the node and the operator', async () => {
    await refusedGraph({ nodes: [node('LSTM')] }, /"here" expected an operator of isthmus, got LSTM/);
    await refusedGraph({ nodes: [node('Gelu', ['x'], { domain: 'com.microsoft' })] }, /com\.microsoft\.Gelu/);
    await refusedGraph({ nodes: [node('toString')] }, /got toString/);
    await refusedGraph({ nodes: [node('Erf')] }, /"here" expected a part of gelu, got Erf/);
  });

  it('are refused for nodes that are almost gelu', async () => {
    const gelu = (scale: string, constant: number, shift: string, half: number) =>
      refusedGraph(
        {
          nodes: [
            node(scale, ['x', 'r'], { output: 'a' }),
            node('Erf', ['a'], { output: 'b' }),
            node(shift, ['b', 'one'], { output: 'c' }),
            node('Mul', ['x', 'c'], { output: 'd' }),
            node('Mul', ['d', 'half']),
          ],
          tensors: [floats('r', [], [constant]), floats('one', [], [1]), floats('half', [], [half])],
        },
        /"here" expected/,
      );
    await gelu('Mul', Math.SQRT2, 'Add', 0.5);
    await gelu('Div', Math.SQRT1_2, 'Add', 0.5);
    await gelu('Div', Math.SQRT2, 'Sub', 0.5);
    await gelu('Div', 1.4, 'Add', 0.5);
    await gelu('Div', Math.SQRT2, 'Add', 0.4);
  });

  it('are refused for circles and for values that no node computes before', async () => {
    const circle = [node('Relu', ['b'], { output: 'a' }), node('Relu', ['a'], { output: 'b' })];
    await refusedGraph(
      { nodes: circle, output: 'b' },
      /"here" expected a first input that depends on the input of the graph, got b/,
    );
    await refusedGraph({ nodes: [node('Relu', ['y'])] }, /"here" expected a first input/);
    await refusedGraph({ nodes: [], output: 'z' }, /"z" expected nodes that compute it/);
  });

  it('are refused for several inputs and for lengths that are not known', async () => {
    await refusedGraph(
      { nodes: [node('Relu')], inputs: [valueInfo('x', ['N', 4]), valueInfo('z', ['N', 4])] },
      /one input, got 2/,
    );
    await refusedGraph(
      { nodes: [node('Relu')], input: ['N', 'width'] },
      /"x" expected a batch and axes of known lengths/,
    );
    await refusedGraph({ nodes: [node('Relu')], input: ['N'] }, /known lengths/);
    await refusedGraph({ nodes: [node('Relu')], input: ['N', -3] }, /known lengths/);
    await refusedGraph({ nodes: [node('Relu')], input: ['N', 2 ** 40] }, /integer 1\.\.268435456/);
  });

  it('are refused for attributes that isthmus does not have', async () => {
    const refusedNode = (operator: string, attributes: NodeText['attributes'], message: RegExp) =>
      refusedGraph(
        { nodes: [node(operator, ['x', 'w'], { attributes: attributes! })], tensors: [kernel], input: image },
        message,
      );
    await refusedNode('Conv', { strides: [0, 0] }, /strides/);
    await refusedNode('Conv', { strides: [2 ** 31, 1] }, /strides/);
    await refusedNode('Conv', { group: 3 }, /"here" expected group 1/);
    await refusedNode('Conv', { auto_pad: 'SAME_LOWER' }, /auto_pad/);
    await refusedNode('Conv', { pads: [-1, 0, 0, 0] }, /padding/);
    await refusedNode('Conv', { pads: [2 ** 30, 0, 0, 0] }, /padding|268435456/);
    await refusedNode('ConvTranspose', { pads: [1, 1, 1, 1] }, /"encoder\.0\.kernel" expected a tensor/);
    await refusedNode('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, /pads as of "same"/);
    await refusedNode('MaxPool', { kernel_shape: [4, 4], strides: [4, 4], ceil_mode: 1 }, /ceil_mode 0/);
    await refusedNode('MaxPool', { kernel_shape: Array(1000).fill(2) }, /expected/);
    await refusedNode('Elu', { alpha: Float32Array.of(0.5) }, /alpha 1, got 0.5 \(Elu\)/);
    await refusedNode('Transpose', { perm: [0, 1, 1, 2] }, /4 axes/);
    await refusedNode('Transpose', { perm: [0, 9, 1, 2] }, /4 axes/);
    await refusedNode('Softmax', { axis: 2 }, /axis of channels/);
  });

  it('are refused for shapes that do not fit', async () => {
    const reshapeTo = (...dims: number[]) =>
      refusedGraph(
        { nodes: [node('Reshape', ['x', 's'])], tensors: [integers('s', dims)] },
        /a shape that keeps the batch/,
      );
    await reshapeTo(0, 5);
    await reshapeTo(0, -1, -1);
    await reshapeTo(0, 2 ** 40, -1);
    await reshapeTo(0, 0, 0, 0, 0);
    await refusedGraph({ nodes: [node('Reshape')] }, /a known shape/);
    await refusedGraph(
      { nodes: [node('Unsqueeze', ['x', 's'])], tensors: [integers('s', Array(100).fill(0))] },
      /at most 32 axes/,
    );
    await refusedGraph(
      { nodes: [node('MatMul', ['x', 'w'])], tensors: [floats('w', [3, 4], Array(12).fill(1))] },
      /shape|kernel/,
    );
    await refusedGraph(
      { nodes: [node('Conv', ['x', 'w'])], tensors: [kernel] },
      /an image or signal with channels first/,
    );
  });

  it('do not allocate the copies that constants of one value are repeated to', async () => {
    const nodes = Array.from({ length: 10 }, (_, i) =>
      node('Add', [i ? `v${i}` : 'x', 'c'], { output: i === 9 ? 'y' : `v${i + 1}` }),
    );
    await refusedGraph({ nodes, tensors: [floats('c', [], [1])], input: ['N', 2 ** 22] }, /fewer channels/);
  });

  it('do not take a time that grows with the square of the nodes', async () => {
    const nodes: NodeText[] = [];
    for (let i = 0; i < 20_000; i++) nodes.push(node('Relu', [i ? `v${i}` : 'x'], { output: `v${i + 1}` }));
    for (let i = 0; i < 20_000; i++) nodes.push(node('Add', ['v1', 'v20000'], { output: `a${i}` }));
    nodes.push(node('Concat', nodes.slice(20_000).map(({ output }) => output!))); // biome-ignore format: one line
    await refusedGraph({ nodes }, /layers in one path, got layers in two/);
  });

  it('are refused for paths that meet twice', () =>
    refusedGraph(
      { nodes: [node('Relu', ['x'], { output: 'a' }), node('Tanh', ['x'], { output: 'b' }), node('Add', ['a', 'b'])] },
      /a path from one input to the other/,
    ));
});

describe('metadata of isthmus', () => {
  const replaced = (from: string, to: string): Uint8Array => {
    const at = Buffer.from(ours).indexOf(from);
    assert.ok(at > 0);
    assert.equal(to.length, from.length);
    const bytes = ours.slice();
    bytes.set(new TextEncoder().encode(to), at);
    return bytes;
  };

  it('is checked like that of a .safetensors file', async () => {
    const text = JSON.stringify(model.spec);
    await refused(replaced(text, text.replace('{', '[')), /file|model/);
    await refused(replaced(text, text.replace('"dense"', '"dansé"'.normalize('NFC').slice(0, 7))), /./);
    await refused(replaced(text, text.replace('"units":2', '"units":9')), /encoder\.0\.kernel/);
    await refused(replaced(text, text.replace('"units":2', '"units":0')), /integer 1/);
  });

  it('does not count where another tool has changed the nodes', async () => {
    const read = await fromOnnx(withoutSpec(ours));
    assert.deepEqual(read.predict(new Float32Array(4).fill(1)), model.predict(new Float32Array(4).fill(1)));
  });
});

describe('mutants of files', () => {
  it('are read or refused with a FormatError', async () => {
    const random = randomFrom(11);
    const sources = [...files, ours, withoutSpec(ours)];
    let readable = 0;
    for (let i = 0; i < 3000; i++) {
      const bytes = mutate(sources[i % sources.length]!, sources[random(sources.length)]!, random);
      try {
        await fromOnnx(bytes, { maxBytes: 1e6 });
        readable++;
      } catch (error) {
        assert.ok(error instanceof FormatError, `mutant ${i}: ${(error as Error).stack}`);
      }
    }
    assert.ok(readable > 100 && readable < 2900, String(readable));
  });
});
