// Small data for the tests of the command line, made from formulas.

/** Rows of four columns that depend on two hidden values. */
export function tableText(rows: number): string {
  const lines = ['time,speed,flow,pressure,temperature'];
  for (let i = 0; i < rows; i++) {
    const speed = 50 + 20 * Math.sin(i / 9);
    const load = 3 + Math.cos(i / 5);
    const time = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString().slice(0, 19);
    const values = [speed, speed * 0.2 + load, load * load, 20 + speed * 0.1 + load];
    lines.push(`${time},${values.map((value) => value.toFixed(3)).join(',')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** An IDX file of gray pictures of 8 x 8, each a bright bar at another position. */
export function barPictures(count: number): Buffer {
  const header = Buffer.from([0, 0, 8, 3, 0, 0, count >> 8, count & 255, 0, 0, 0, 8, 0, 0, 0, 8]);
  const pixels = Buffer.alloc(count * 64);
  for (let i = 0; i < count; i++)
    for (let y = 0; y < 8; y++) pixels[i * 64 + y * 8 + (i % 8)] = 200 + ((i * 7 + y) % 56);
  return Buffer.concat([header, pixels]);
}

/** A `.npy` file. `descr`: the type, such as `<f8`. */
export function npyBytes(descr: string, shape: readonly number[], data: ArrayBufferView, fortran = false): Buffer {
  const sides = shape.map((side) => `${side},`).join(' ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sides}), }`;
  const header = dictionary.padEnd(117) + '\n';
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
