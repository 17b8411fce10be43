// The blocks of code in a document, and the output that the document states for each. docs/maintainers/documents.md explains
// the convention.

/** A fenced block: where it begins, its language, its text, and the text of the block of output that follows. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  readonly output: string | undefined;
}

/** What the tests do with a block. `show`: it is data or output, in another language than JavaScript and shell. */
export type Treatment = 'run' | 'parse' | 'show' | 'install';

const executable = new Set(['js', 'ts', 'sh']);
const shown = new Set(['text', 'json', 'html', 'python', 'c', 'toml', 'csv', 'hex']);

/** Where code runs that Node cannot run, as the first line of its block says. */
const locations = [
  'a page',
  'a Cloudflare Worker',
  'Deno',
  'Bun',
  'Next.js',
  'Nuxt',
  'a bundler',
  'your project',
  'a clone of the repository',
];
const elsewhere = /^(?:\/\/|#) Runs in (?<location>[^\n]+)\.\n/;
const continued = /^\/\/ The script goes on\.\n/;
const install = /^npm install(?: (?:--\S+|-D|[@\w/.-]+))+\n$/;

/** All fenced blocks of a document. Errors: Error for a fence that does not end. */
export function blocksOf(page: string, text: string): Block[] {
  const lines = text.split('\n');
  const fences = lines.flatMap((line, index) => (line.startsWith('```') ? [index] : []));
  if (fences.length % 2 === 1) throw new Error(`${page}:${fences.at(-1)! + 1}: the block does not end`);
  const blocks: { page: string; line: number; language: string; code: string; output: string | undefined }[] = [];
  for (let i = 0; i < fences.length; i += 2) {
    const [first, last] = [fences[i]!, fences[i + 1]!];
    const [language = ''] = lines[first]!.slice(3).trim().split(/\s/);
    const code = lines.slice(first + 1, last).map((line) => `${line}\n`);
    blocks.push({ page, line: first + 1, language, code: code.join(''), output: undefined });
  }
  blocks.forEach((block, i) => {
    const next = blocks[i + 1];
    if (executable.has(block.language) && next?.language === 'text') block.output = next.code;
  });
  return blocks;
}

/** What the tests do with a block. Errors: Error for a language, or a location, that the convention does not have. */
export function treatmentOf({ page, line, language, code }: Block): Treatment {
  if (language === '' || shown.has(language)) return 'show';
  if (!executable.has(language)) throw new Error(`${page}:${line}: "${language}" is none of js, ts, sh and others`);
  const location = elsewhere.exec(code)?.groups?.location;
  if (location === undefined) return language === 'sh' && install.test(code) ? 'install' : 'run';
  if (!locations.includes(location))
    throw new Error(`${page}:${line}: "${location}" is none of ${locations.join(', ')}`);
  return 'parse';
}

/** Blocks that run as one program: a shell script, or a module and the blocks that continue the module. */
export interface Program {
  readonly blocks: readonly Block[];
  readonly language: string;
  readonly code: string;
  readonly output: string;
}

/** The programs of a document, in its order. */
export function programsOf(blocks: readonly Block[]): Program[] {
  const groups: Block[][] = [];
  for (const block of blocks.filter((candidate) => treatmentOf(candidate) === 'run')) {
    if (!continued.test(block.code)) groups.push([block]);
    else if (groups.at(-1) && groups.at(-1)![0]!.language === block.language) groups.at(-1)!.push(block);
    else throw new Error(`${block.page}:${block.line}: no script that goes on`);
  }
  return groups.map((group) => ({
    blocks: group,
    language: group[0]!.language,
    code: group.map(({ code }) => code).join('\n'),
    output: group.map(({ output = '' }) => output).join(''),
  }));
}

/** True if the output is the stated one, in which `…` stands for any text of a line, and a line `…` for any lines. */
export function agrees(output: string, stated: string): boolean {
  const escaped = stated.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/^…$/gm, '[^]*?').replaceAll('…', '.*')}$`).test(output);
}

/** The names of packages that `npm install` of a block installs. */
export const packagesOf = ({ code }: Block): string[] =>
  code
    .trim()
    .split(' ')
    .slice(2)
    .filter((word) => !word.startsWith('-'));
