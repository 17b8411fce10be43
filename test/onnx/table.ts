// The table of docs/onnx.md: layer × direction × largest difference.

export interface TableRow {
  /** Of `toOnnx` in onnxruntime-web. */
  readonly runtime: number;
  /** Of `fromOnnx` by the spec. */
  readonly spec: number;
  /** Of `fromOnnx` by the operators. NaN: refused. */
  readonly operators: number;
}

const REFUSED = 'refused';

const cell = (difference: number | undefined): string => {
  if (difference === undefined) return REFUSED;
  return difference === 0 ? '0' : difference.toExponential(1);
};

/** The lines of a table with aligned columns. */
export function tableOf(
  rows: readonly { name: string; runtime: number; spec: number; operators: number | undefined }[],
): string {
  const lines = [
    ['layer', '`toOnnx`, run by onnxruntime-web', '`fromOnnx`, by the spec', '`fromOnnx`, by the operators'],
    ...rows.map(({ name, runtime, spec, operators }) => [`\`${name}\``, cell(runtime), cell(spec), cell(operators)]),
  ];
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const text = (line: readonly string[]): string => `| ${line.map((word, i) => word.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head, ...others] = lines.map(text);
  return [head, rule, ...others].join('\n');
}

/** The numbers of a layer in the table of a document. */
export function rowOf(document: string, layerType: string): TableRow | undefined {
  const pattern = new RegExp(`^\\| \`${layerType}\` +\\| ([^|]+?) +\\| ([^|]+?) +\\| ([^|]+?) +\\|$`, 'm');
  const [, runtime, spec, operators] = pattern.exec(document) ?? [];
  if (runtime === undefined) return undefined;
  return {
    runtime: Number(runtime),
    spec: Number(spec),
    operators: Number(operators === REFUSED ? Number.NaN : operators),
  };
}

/** The document with another table. */
export const withTable = (document: string, table: string): string =>
  document.replace(/^\| layer +\| `toOnnx`(.*\n)(\|.*\n)*/m, `${table}\n`);
