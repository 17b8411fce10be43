import { readFileSync } from 'node:fs';
import proto, { type onnx } from 'onnx-proto';
import * as ort from 'onnxruntime-web/wasm';
import { type Competitor, convNet, pixels, type Workload } from '../workloads.ts';

const { AttributeProto, ModelProto, TensorProto } = proto.onnx;
const FLOAT = TensorProto.DataType.FLOAT;

const value = (name: string, dims: number[]): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});
const weights = (name: string, dims: number[]): onnx.ITensorProto => ({
  name,
  dims,
  dataType: FLOAT,
  floatData: Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i) * 0.05),
});
const ints = (name: string, list: number[]): onnx.IAttributeProto => ({
  name,
  type: AttributeProto.AttributeType.INTS,
  ints: list,
});

/** The net as an ONNX graph, channels first as ONNX has them. */
function graph({ net, rows, kind }: Workload): Uint8Array {
  const node: onnx.INodeProto[] = [];
  const initializer: onnx.ITensorProto[] = [];
  let last = 'x';
  const push = (opType: string, inputs: string[], attribute: onnx.IAttributeProto[] = []): void => {
    const output = `v${node.length}`;
    node.push({ opType, input: [last, ...inputs], output: [output], attribute });
    last = output;
  };
  if (net === 'dense') {
    initializer.push(weights('w1', [784, 64]), weights('b1', [64]), weights('w2', [64, 784]), weights('b2', [784]));
    push('Gemm', ['w1', 'b1']);
    push('Relu', []);
    if (kind !== 'encode') {
      push('Gemm', ['w2', 'b2']);
      push('Sigmoid', []);
    }
  } else {
    let channels = 1;
    convNet.forEach(({ filters, strides, transposed }, i) => {
      initializer.push(
        weights(`w${i}`, transposed ? [channels, filters, 3, 3] : [filters, channels, 3, 3]),
        weights(`b${i}`, [filters]),
      );
      const attributes = [
        ints('strides', [strides, strides]),
        ints('pads', [1, 1, 1, 1]),
        ints('kernel_shape', [3, 3]),
      ];
      push(
        transposed ? 'ConvTranspose' : 'Conv',
        [`w${i}`, `b${i}`],
        transposed ? [...attributes, ints('output_padding', [1, 1])] : attributes,
      );
      push(i === convNet.length - 1 ? 'Sigmoid' : 'Relu', []);
      channels = filters;
    });
  }
  const input = net === 'dense' ? [rows, 784] : [rows, 1, 28, 28];
  const output = kind === 'encode' ? [rows, 64] : input;
  const model = {
    irVersion: 8,
    opsetImport: [{ version: 13 }],
    graph: { name: 'g', node, initializer, input: [value('x', input)], output: [value(last, output)] },
  };
  return ModelProto.encode(ModelProto.create(model)).finish();
}

const manifest = new URL('../node_modules/onnxruntime-web/package.json', import.meta.url);

/** onnxruntime-web, WebAssembly, one thread: it cannot train. */
export const onnxruntime = (): Competitor => ({
  name: 'onnxruntime-web',
  version: JSON.parse(readFileSync(manifest, 'utf8')).version,
  async open(work) {
    if (work.kind === 'step') return 'cannot train';
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
    const session = await ort.InferenceSession.create(graph(work));
    const x = new ort.Tensor(
      'float32',
      pixels(work.rows),
      work.net === 'dense' ? [work.rows, 784] : [work.rows, 1, 28, 28],
    );
    return {
      async run(times) {
        for (let i = 0; i < times; i++) await session.run({ x });
      },
    };
  },
});
