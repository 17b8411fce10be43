// Bundles cli/ with its libraries to dist/cli.js. The package itself stays outside: the command imports the other files of
// dist/ when it needs them.
import { chmodSync } from 'node:fs';
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

export async function buildCli() {
  await build({
    entryPoints: { cli: 'cli/main.ts' },
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    // Names of functions and classes appear in stack traces and in the errors of libraries.
    keepNames: true,
    legalComments: 'external',
    charset: 'utf8',
    // Libraries in CommonJS call `require` for modules of Node.
    banner: {
      js: "import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);",
    },
    plugins: [packageFiles],
    logLevel: 'warning',
  });
  chmodSync('dist/cli.js', 0o755);
}
