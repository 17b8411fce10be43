import { addresses, defineKernel, makeOutput, refuse, requireShape, sizeOf, typeError } from './kernel.ts';

/** Sums rows by segment: the gradient of `gather` and of embeddings. attrs: numSegments. */
export const unsortedSegmentSum = /* @__PURE__ */ defineKernel<'x' | 'segmentIds'>({
  name: 'UnsortedSegmentSum',
  floats: ['x'],
  run(call) {
    const { host, inputs, attrs } = call;
    const { x, segmentIds } = inputs;
    if (segmentIds.dtype !== 'int32') refuse(typeError('segmentIds', 'an int32', segmentIds));
    const [rows = 0, ...row] = x.shape;
    requireShape('segmentIds', segmentIds, [rows]);
    const out = makeOutput(call, [attrs.numSegments, ...row]);
    const [to, from, ids] = addresses(host, out, x, segmentIds) as [number, number, number];
    if (sizeOf(out.shape)) host.kernels.segmentSum(to, from, ids, rows, sizeOf(row), attrs.numSegments);
    return out;
  },
});
