// Bundles cli/ with its libraries to dist/cli.js. The package itself stays outside: the command imports the other files of
// dist/ when it needs them.
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Resolves the entries of the package to the files of dist/, which are loaded when a command needs them. A static import of
 * an external file would be moved to the start of the bundle, where `isthmus --help` would load it too.
 */
const packageFiles = {
  name: 'package-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^isthmus(\/|$)/ }, ({ path }) => ({
      path: path === 'isthmus' ? 'index' : path.slice('isthmus/'.length),
      namespace: 'package',
    }));
    onResolve({ filter: /./, namespace: 'package' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'package' }, async ({ path }) => {
      const names = Object.keys(await import(new URL(`../dist/${path}.js`, import.meta.url).href));
      return { contents: `export const { ${names.join(', ')} } = await import('./${path}.js');` };
    });
  },
};

/** The name, version and text of the licence of each package whose files are in the bundle. Errors: a package without one. */
function licences(inputs) {
  const folders = new Set();
  for (const path of Object.keys(inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (match) folders.add(match[1]);
  }
  return [...folders].sort().map((folder) => {
    const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e[-\w]*(\.\w+)?$/i.test(entry));
    if (!file) throw new Error(`${name} has no file with its licence`);
    const source = (typeof repository === 'string' ? repository : repository?.url) ?? `the npm package ${name}`;
    const text = readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version}, ${license}\nSource: ${source}\n\n${text}\n`;
  });
}

export async function buildCli() {
  const { metafile } = await build({
    entryPoints: { cli: 'cli/main.ts' },
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    lineLimit: 100,
    // Names of functions and classes appear in stack traces and in the errors of libraries.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    charset: 'utf8',
    // Libraries in CommonJS call `require` for modules of Node.
    banner: {
      js: "import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);",
    },
    plugins: [packageFiles],
    logLevel: 'warning',
  });
  const separator = `\n${'-'.repeat(80)}\n\n`;
  const introduction = 'dist/cli.js contains these packages, unchanged but for their form.\n';
  writeFileSync('dist/cli.js.LEGAL.txt', [introduction, ...licences(metafile.inputs)].join(separator));
  chmodSync('dist/cli.js', 0o755);
}
