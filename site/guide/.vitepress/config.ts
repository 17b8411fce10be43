// The guide: VitePress over the folder that `npm run docs` stages (site/guide/tools/stage.mjs).
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import llms from 'vitepress-plugin-llms';
import { groups } from '../tools/pages.mjs';

/** A group of pages in the sidebar. */
interface Group {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

const sidebarOfApi: Group[] = JSON.parse(
  readFileSync(new URL('../build/pages/api/sidebar.json', import.meta.url), 'utf8'),
);

/** The groups of pages in the sidebar. */
const guide = groups.map(({ text, pages }) => ({
  text,
  items: pages.map(({ file, title }) => ({ text: title, link: `/${file}` })),
}));

export default defineConfig({
  title: 'isthmus',
  description: 'Trains and runs compact autoencoders where the data is: in the page, at the edge, on the device.',
  lang: 'en',
  base: process.env.DOCS_BASE ?? '/',
  srcDir: 'build/pages',
  outDir: 'dist',
  cacheDir: 'build/cache',
  // The playground is another site in the same folder.
  ignoreDeadLinks: [/\/playground\//],
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env.DOCS_BASE ?? '/'}icon.svg` }]],
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local', options: { detailedView: true } },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Guide', link: '/start', activeMatch: '^/(?!api|playground)' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
    ],
    sidebar: { '/': guide, '/api/': [{ text: 'API', link: '/api/', items: sidebarOfApi }] },
    footer: { message: 'MIT licence' },
  },
  vite: {
    plugins: [
      llms({
        sidebar: [...guide, ...sidebarOfApi.map(({ text, items }: Group) => ({ text: `API: ${text}`, items }))],
        description:
          'A small SDK that trains and runs compact autoencoders on the device: JavaScript and WebAssembly, no dependency.',
        ignoreFiles: ['results.md', 'changelog.md', 'format*.md'],
      }),
    ],
    build: { chunkSizeWarningLimit: 4000 },
  },
});
