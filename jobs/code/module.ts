// Parts of programs, and programs of parts.

import { quoted } from './quote.ts';

/** Lines of a program and the modules that they import. */
export interface CodePart {
  /** Names by module. A default import is written `default as NAME`. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
  readonly lines: readonly string[];
}

const isBuiltIn = (name: string): boolean => name.startsWith('node:');

/** A module: imports, then lines. The comment at its start names the packages to install. */
export function moduleText(parts: readonly CodePart[]): string {
  const names = new Map<string, Set<string>>();
  for (const { imports } of parts)
    for (const [module, list] of Object.entries(imports))
      names.set(module, new Set([...(names.get(module) ?? []), ...list]));
  const modules = [...names.keys()].sort((a, b) => Number(isBuiltIn(b)) - Number(isBuiltIn(a)) || a.localeCompare(b));
  const imports = modules.map((module) => {
    const list = [...names.get(module)!].sort();
    const [first = ''] = list;
    const isDefault = first.startsWith('default as ');
    return `import ${isDefault ? first.slice('default as '.length) : `{ ${list.join(', ')} }`} from ${quoted(module)};`;
  });
  const installed = new Set(modules.filter((module) => !isBuiltIn(module)).map((module) => module.split('/')[0]!));
  const lines = parts.flatMap(({ lines: part }) => (part.length ? ['', ...part] : []));
  return `// Save as a file that ends with .mjs. Install: npm install ${[...installed].join(' ')}\n${imports.join('\n')}\n${lines.join('\n')}\n`;
}
