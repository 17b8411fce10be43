// The report of `isthmus inspect` on a file.

/** A value of a report: numbers and lists stay numbers and lists in JSON. */
export type Fact = string | number | boolean | readonly (string | number)[] | undefined;

/** One row of a list in a report, such as a tensor or a column. */
export type Item = Readonly<Record<string, Fact>>;

/** The description of one file. */
export interface Report {
  /** The kind of the file, a noun phrase. */
  readonly kind: string;
  /** Values by name. */
  readonly facts: Readonly<Record<string, Fact>>;
  /** A list by name: tensors, columns, arrays. */
  readonly list?: { readonly name: string; readonly items: readonly Item[] };
  /** Text for people only, such as the table of layers. */
  readonly text?: string;
  /** Commands and functions that take the file. `FILE` stands for its name. */
  readonly uses: readonly string[];
}

function factText(fact: Fact): string {
  if (Array.isArray(fact)) return fact.join(' x ') || 'a single value';
  return typeof fact === 'number' && !Number.isInteger(fact) ? String(Number(fact.toPrecision(6))) : String(fact);
}

/** The items as lines of columns of equal width. */
function tableText(items: readonly Item[]): string[] {
  const present = items.flatMap((item) => Object.keys(item).filter((name) => item[name] !== undefined));
  const names = [...new Set(present)];
  const rows = items.map((item) => names.map((name) => (item[name] === undefined ? '' : factText(item[name]))));
  const table = [names, ...rows];
  const widths = names.map((_, column) => table.reduce((width, row) => Math.max(width, row[column]!.length), 0));
  return table.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  );
}

/** Lines of a list for people: longer lists are cut. */
const MAXIMUM_LINES = 40;

/** The report as text. */
export function reportText(file: string, size: string, { kind, facts, list, text, uses }: Report): string {
  const present = Object.entries(facts).filter(([, fact]) => fact !== undefined);
  const width = present.reduce((longest, [name]) => Math.max(longest, name.length), 0);
  const lines = [`${file}: ${kind}, ${size}`];
  for (const [name, fact] of present) lines.push(`  ${name.padEnd(width)}  ${factText(fact)}`);
  if (text) lines.push('', ...text.split('\n').map((line) => `  ${line}`));
  if (list?.items.length) {
    const rows = tableText(list.items.slice(0, MAXIMUM_LINES));
    const rest = list.items.length - MAXIMUM_LINES;
    lines.push('', ...rows, ...(rest > 0 ? [`  … and ${rest} more (--json lists all)`] : []));
  }
  if (uses.length) lines.push('', ...uses.map((use) => `  ${use.replaceAll('FILE', file)}`));
  return `${lines.join('\n')}\n`;
}
