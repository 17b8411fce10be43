// A plugin of typedoc: gives the page of each export the line of import, the size in a bundle, the panel of the playground and
// the types that belong to it, and writes the index and the sidebar of the reference by category.
import { writeFileSync } from 'node:fs';
import { Converter, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent, MarkdownRendererEvent } from 'typedoc-plugin-markdown';
import { categoryOf, categoryOrder } from './categories.mjs';
import { playgroundLink } from './playground-links.mjs';
import { sizesOf } from './sizes.mjs';

const VALUES = ReflectionKind.Variable | ReflectionKind.Function | ReflectionKind.Class;
const TYPES = ReflectionKind.Interface | ReflectionKind.TypeAlias;

/** The exports of all modules, as pages show them. A module is named as its entry. */
const exportsOf = (project) =>
  project.children.flatMap((module) =>
    (module.children ?? [])
      .filter((child) => child.kindOf(VALUES | TYPES))
      .map((child) => ({ entry: module.name, name: child.name, isType: child.kindOf(TYPES), child })),
  );

/** The exported types that a declaration mentions. */
function typesIn(child) {
  const found = new Set();
  const seen = new Set();
  const parts = [
    'signatures',
    'parameters',
    'type',
    'typeArguments',
    'types',
    'elementType',
    'declaration',
    'children',
  ];
  const visit = (value) => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (value.type === 'reference' && value.reflection?.kindOf(TYPES)) found.add(value.reflection);
    for (const part of parts) for (const one of [value[part]].flat()) visit(one);
  };
  visit(child);
  return [...found];
}

/** Adds to each export its size, its types and, for a type, the values that mention it. */
async function completed(project) {
  const exports = exportsOf(project);
  const sizes = await sizesOf(exports.filter(({ isType }) => !isType));
  for (const one of exports) {
    one.size = sizes[`${one.entry} ${one.name}`];
    one.types = typesIn(one.child);
  }
  for (const one of exports) one.users = exports.filter(({ isType, types }) => !isType && types.includes(one.child));
  return exports;
}

/** The path of the site. VitePress does not add it to links with a target. */
const base = process.env.DOCS_BASE ?? '/';

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

const code = (text) => `\`\`\`ts\n${text}\n\`\`\``;

/** The first sentence of a description. */
function summary({ child }) {
  const { comment } = child.signatures?.[0] ?? child;
  const text = (comment?.summary ?? [])
    .map((part) => part.text)
    .join('')
    .split('\n\n')[0]
    .replace(/\s+/g, ' ');
  return /^.*?[.:](?= [A-Z`(]|$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

/** The lines of a page below its title. `linkTo` makes a link to the page of an export. */
function facts(one, linkTo) {
  const { entry, name, isType, size, types, users } = one;
  if (isType) {
    const used = users.length > 0 ? `\n\nUsed by ${users.map(({ child }) => linkTo(child)).join(', ')}.` : '';
    return `${code(`import type { ${name} } from '${entry}';`)}${used}`;
  }
  const link = entry === 'isthmus' ? playgroundLink(name) : undefined;
  const panel = link ? `[${link.title}](${base}playground/index.html#${link.fragment}){target="_self"}` : 'not used';
  const cells = [kilobytes(size), panel, types.length > 0 ? types.map(linkTo).join(', ') : 'none'];
  const rows = ['| size in a bundle | in the playground | types |', '| --- | --- | --- |', `| ${cells.join(' | ')} |`];
  return `${code(`import { ${name} } from '${entry}';`)}\n\n${rows.join('\n')}`;
}

/** The exports by the titles under which the index shows them: categories of isthmus, then the other entries. */
function sections(exports) {
  const groups = new Map(categoryOrder.map((category) => [category, []]));
  for (const one of exports) {
    const title = one.entry === 'isthmus' ? categoryOf(one.file) : one.entry;
    groups.set(title, [...(groups.get(title) ?? []), one]);
  }
  return [...groups].filter(([, list]) => list.length > 0);
}

/** The first page of the reference. */
function indexPage(groups, urlOf) {
  const parts = groups.map(([title, list]) => {
    const rows = list
      .filter(({ isType }) => !isType)
      .map(
        (one) =>
          `| [\`${one.name}\`](${urlOf(one.child)}) | ${summary(one).replaceAll('|', '\\|')} | ${kilobytes(one.size)} |`,
      );
    const types = list.filter(({ isType }) => isType).map((one) => `[\`${one.name}\`](${urlOf(one.child)})`);
    const table = rows.length > 0 ? `| export | description | size |\n| --- | --- | ---: |\n${rows.join('\n')}` : '';
    return `## ${title}\n\n${table}\n\n${types.length > 0 ? `Types: ${types.join(', ')}.` : ''}`;
  });
  const intro = `Every export, with the size of a bundle that imports this export alone: minified, WebAssembly included, after brotli.
Exports share code, so the size of a bundle is smaller than the sum. \`isthmus/worker\` also exports the factories of layers,
optimizers and specs, with the same options.`;
  return `# API\n\n${intro}\n\n${parts.join('\n\n')}\n`;
}

/** The sidebar of the reference: values, then types, of each category. */
const sidebar = (groups, urlOf) =>
  groups.map(([text, list]) => ({
    text,
    collapsed: true,
    items: [...list]
      .sort((a, b) => Number(a.isType) - Number(b.isType))
      .map(({ name, child }) => ({ text: name, link: `/api/${urlOf(child).replace(/\.md$/, '')}` })),
  }));

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? [])
      module.name = module.name === 'index' ? 'isthmus' : `isthmus/${module.name.replace('/', '-')}`;
  });

  app.renderer.preRenderAsyncJobs.push(async ({ project }) => {
    const exports = await completed(project);
    for (const one of exports) one.file = project.getSymbolIdFromReflection(one.child)?.packagePath ?? '';
    const { router } = app.renderer;
    const byReflection = new Map(exports.map((one) => [one.child, one]));

    app.renderer.on(MarkdownPageEvent.END, (page) => {
      const one = byReflection.get(page.model);
      if (!one) return;
      const linkTo = (target) => `[\`${target.name}\`](${router.relativeUrl(page.model, target)})`;
      const lines = facts(one, linkTo);
      const contents = page.contents.replace(/^# .*$/m, (title) => `${title}\n\n${lines}`);
      page.contents = `---\ndescription: ${JSON.stringify(summary(one))}\n---\n\n${contents}`;
    });

    app.renderer.on(MarkdownRendererEvent.END, ({ outputDirectory }) => {
      const urlOf = (child) => router.getFullUrl(child);
      const groups = sections(exports);
      writeFileSync(`${outputDirectory}/index.md`, indexPage(groups, urlOf));
      writeFileSync(`${outputDirectory}/sidebar.json`, JSON.stringify(sidebar(groups, urlOf)));
    });
  });
}
