// Prepares the source folder of VitePress, site/guide/build/pages: the pages of docs/, the changelog, the home page, the API
// reference that typedoc writes, and the playground as it is built.
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeApi } from './api.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = fileURLToPath(new URL('../build/pages/', import.meta.url));

/** Gives a page its first paragraph as description, for search engines and llms.txt. The highlighter does not know `hex`. */
function prepare(path) {
  const text = readFileSync(path, 'utf8').replace(/^```hex$/gm, '```text');
  const [, paragraph = ''] =
    /^((?:[^\n#|<`-]|`[^`]).*\n(?:[^\n].*\n)*)/m.exec(text.replace(/^```.*?^```$/gms, '')) ?? [];
  const description = paragraph
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  writeFileSync(path, `---\ndescription: ${JSON.stringify(description)}\n---\n\n${text}`);
}

export async function stage() {
  rmSync(pages, { recursive: true, force: true });
  mkdirSync(pages, { recursive: true });
  const isForUsers = (path) => !/[\\/]docs[\\/]maintainers$|\.json$/.test(path);
  cpSync(`${root}docs`, pages, { recursive: true, filter: isForUsers });
  // Pages link to the samples, which VitePress copies from this folder only.
  cpSync(`${root}docs/samples`, `${pages}public/samples`, { recursive: true });
  const changelog = readFileSync(`${root}CHANGELOG.md`, 'utf8');
  writeFileSync(`${pages}changelog.md`, changelog.replaceAll('](docs/', ']('));
  cpSync(fileURLToPath(new URL('../pages', import.meta.url)), pages, { recursive: true });
  for (const file of globSync('*.md', { cwd: pages })) if (file !== 'index.md') prepare(pages + file);
  const playground = `${root}site/playground/dist`;
  if (existsSync(playground)) cpSync(playground, `${pages}public/playground`, { recursive: true });
  await writeApi(`${pages}api`);
}
