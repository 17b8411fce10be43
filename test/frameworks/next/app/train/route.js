// Edge runtime, which forbids the compilation of bytes: the kernels are imported as modules.
import { autoencoder, createCodec, dense, saveModel, fit as train } from 'isthmus';

export const runtime = 'edge';
export const dynamic = 'force-dynamic';

export async function GET() {
  const spec = { input: [64], encoder: [dense({ units: 8 })], decoder: [dense({ units: 64 })] };
  const m = await autoencoder(spec, { seed: 1 });
  const x = Float32Array.from({ length: 64 * 256 }, (_, i) => (i % 17) / 17);
  const began = performance.now();
  const { loss } = await train(m, x, { epochs: 300, deterministic: true });
  const milliseconds = performance.now() - began;
  const codec = await createCodec(m, x, { maxError: 0.01 });
  return Response.json({ loss: loss.at(-1), bytes: codec.compress(x).length, file: saveModel(m).length, milliseconds });
}
