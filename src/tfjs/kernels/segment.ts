import { addresses, defineKernel, makeOutput, notFloats, refuseInput, sizeOf } from './kernel.ts';

/** The gradient of `gather` and of embeddings. attrs: numSegments. */
export const unsortedSegmentSum = /* @__PURE__ */ defineKernel<'x' | 'segmentIds'>({
  name: 'UnsortedSegmentSum',
  run(call) {
    const { host, inputs, attrs } = call;
    const { x, segmentIds } = inputs;
    const bad = notFloats(inputs, ['x']);
    if (bad) return bad;
    if (segmentIds.dtype !== 'int32')
      return new TypeError(`"segmentIds" expected an int32 tensor, got ${segmentIds.dtype}`);
    const [rows = 0, ...row] = x.shape;
    if (segmentIds.shape.join() !== String(rows))
      return refuseInput('segmentIds', `the shape [${rows}]`, segmentIds.shape);
    const out = makeOutput(call, [attrs.numSegments, ...row]);
    const [to, from, ids] = addresses(host, out, x, segmentIds) as [number, number, number];
    if (sizeOf(out.shape)) host.kernels.segmentSum(to, from, ids, rows, sizeOf(row), attrs.numSegments);
    return out;
  },
});
