// Edge runtime, with kernels that the route imports.
import { autoencoder, dense, load } from 'isthmus/slim';
import infer from 'isthmus/wasm/infer.strict.wasm?module';

export const runtime = 'edge';
export const dynamic = 'force-dynamic';

export async function GET() {
  const engine = await load({ infer });
  const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
  const m = await autoencoder(spec, { seed: 1, engine });
  return Response.json({ code: m.encode(new Float32Array(4)).length });
}
