// The exports of all entries of the package, with the examples of their docstrings, as typedoc reads them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A declaration of typedoc's JSON: https://typedoc.org/documents/Output.html. */
interface Reflection {
  readonly id: number;
  readonly name: string;
  readonly kind: number;
  readonly comment?: Comment;
  readonly children?: readonly Reflection[];
  readonly signatures?: readonly Reflection[];
}

interface Comment {
  readonly summary?: readonly { readonly text: string }[];
  readonly blockTags?: readonly { readonly tag: string; readonly content: readonly { readonly text: string }[] }[];
}

const REFERENCE = 4194304;
/** Variables, functions and classes. */
const valueKinds = new Set([32, 64, 128]);

/** An export: `entry` is the module that it is imported from. `examples`: blocks of code without their fences. */
export interface DocumentedExport {
  readonly entry: string;
  readonly name: string;
  readonly isType: boolean;
  readonly examples: readonly string[];
  /** The ids of the declarations that its type mentions. */
  readonly mentions: readonly number[];
  /** The names that its docstring has as code. */
  readonly names: readonly string[];
  readonly id: number;
}

/** Reads the exports with the options of a file, and writes the JSON of typedoc to `file`. Errors: Error with its messages. */
export function readExports(file: string, options = join(root, 'typedoc.json')): DocumentedExport[] {
  const typedoc = join(root, 'test/build/tools/node_modules/typedoc/bin/typedoc');
  const flags = ['--options', options, '--emit', 'docs', '--json', file, '--logLevel', 'Error'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, ...flags], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout + stderr);
  const project = JSON.parse(readFileSync(file, 'utf8')) as Reflection;
  // With one entry, the project is the entry.
  const entries = project.children!.every(({ kind }) => kind === 2)
    ? project.children!
    : [{ ...project, name: 'index' }];
  return entries.flatMap((entry) =>
    entry
      .children!.filter(({ kind }) => kind !== REFERENCE)
      .map((reflection) => ({
        entry: entry.name === 'index' ? 'isthmus' : `isthmus/${entry.name.replace('/', '-')}`,
        name: reflection.name,
        isType: !valueKinds.has(reflection.kind),
        examples: examplesOf(reflection),
        mentions: idsIn(reflection),
        names: namesIn(reflection.comment),
        id: reflection.id,
      })),
  );
}

/** The blocks of the tags `@example` of a declaration or of its signatures. */
function examplesOf({ comment, signatures = [] }: Reflection): string[] {
  const tags = [comment, ...signatures.map((signature) => signature.comment)].flatMap((c) => c?.blockTags ?? []);
  return tags
    .filter(({ tag }) => tag === '@example')
    .flatMap(({ content }) => [
      ...content
        .map(({ text }) => text)
        .join('')
        .matchAll(/```ts\n(.*?)\n```/gs),
    ])
    .map(([, code]) => `${code!}\n`);
}

/** The names in backquotes in a docstring. */
const namesIn = ({ summary = [] }: Comment = {}): string[] =>
  [
    ...summary
      .map(({ text }) => text)
      .join('')
      .matchAll(/`(\w+)`/g),
  ].map(([, name]) => name!);

/** The ids of the declarations that a value of the JSON refers to. */
function idsIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, target } = value as { readonly type?: unknown; readonly target?: unknown };
  const own = type === 'reference' && typeof target === 'number' ? [target] : [];
  return [...own, ...Object.values(value).flatMap(idsIn)];
}

/**
 * The types that a value with an example shows: its type mentions them, directly or in types that it mentions, or their docstrings
 * name the value ("Options of `conv2d`"), because typedoc does not follow types that are not exported.
 */
export function typesShown(exports: readonly DocumentedExport[]): Set<number> {
  const byId = new Map(exports.map((one) => [one.id, one]));
  const values = exports.filter(({ isType, examples }) => !isType && examples.length > 0);
  const names = new Set(values.map(({ name }) => name));
  const shown = new Set<number>();
  const visit = (id: number): void => {
    if (shown.has(id)) return;
    shown.add(id);
    byId.get(id)?.mentions.forEach(visit);
  };
  for (const { id } of values) visit(id);
  for (const type of exports) if (type.isType && type.names.some((name) => names.has(name))) visit(type.id);
  return shown;
}

/** The output that an example states: the comments `// prints …`, one for each line. */
export const statedOutput = (code: string): string =>
  [...code.matchAll(/^\s*\/\/ prints (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
