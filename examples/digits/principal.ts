/** The first two principal components of codes of `size` values each, by power iteration with deflation. */
export function principal(codes: Float32Array, size: number): Float64Array {
  const rows = codes.length / size;
  const data = Float64Array.from(codes);
  for (let j = 0; j < size; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * size + j]! / rows;
    for (let i = 0; i < rows; i++) data[i * size + j]! -= mean;
  }
  const out = new Float64Array(rows * 2);
  for (let k = 0; k < 2; k++) {
    let axis = Float64Array.from({ length: size }, (_, j) => 1 + (j % 7));
    const along = (i: number): number => {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += axis[j]! * data[i * size + j]!;
      return sum;
    };
    for (let step = 0; step < 50; step++) {
      const next = new Float64Array(size);
      for (let i = 0; i < rows; i++) {
        const p = along(i);
        for (let j = 0; j < size; j++) next[j]! += p * data[i * size + j]!;
      }
      const norm = Math.sqrt(next.reduce((sum, v) => sum + v * v, 0)) || 1;
      axis = next.map((v) => v / norm);
    }
    for (let i = 0; i < rows; i++) {
      const p = along(i);
      out[2 * i + k] = p;
      for (let j = 0; j < size; j++) data[i * size + j]! -= p * axis[j]!;
    }
  }
  return out;
}
