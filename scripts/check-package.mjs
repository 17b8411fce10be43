// Checks that package.json, jsr.json, dist/ and the kernels agree. The build fails where they do not.
//
// Tests ask publint and arethetypeswrong too, but these need the packed package and other tools. The checks of the order
// of conditions, of jsr.json and of the kernels are only here.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The order of conditions in `exports` and `imports`: a runtime takes the first condition that it knows. Types come
 * first. Runtimes and tools that also match a later condition follow: workerd also matches `browser`, the builder of
 * Angular matches `es2020`. Then modes and features of bundlers, with Node before pages. `default` is for all others,
 * such as Metro.
 */
const conditionOrder = [
  'types',
  'unwasm',
  'workerd',
  'edge-light',
  'react-native',
  'es2020',
  'bun',
  'development',
  'node',
  'production',
  'module',
  'browser',
  'import',
  'require',
  'default',
];

/** Entries that exist only as bundles and have no source on JSR. */
const bundledEntries = ['./worker', './worker-inline', './slim'];

/** The paths of a target in `exports` or `imports`, for all conditions. */
function* pathsOf(target) {
  if (typeof target === 'string') yield target;
  else for (const inner of Object.values(target)) yield* pathsOf(inner);
}

function* conditionFaults(where, target) {
  if (typeof target === 'string') return;
  const names = Object.keys(target);
  for (const name of names) if (!conditionOrder.includes(name)) yield `${where}: unknown condition "${name}"`;
  const known = names.filter((name) => conditionOrder.includes(name));
  const sorted = conditionOrder.filter((name) => known.includes(name));
  if (known.join() !== sorted.join()) yield `${where}: conditions ${known.join(', ')}, expected ${sorted.join(', ')}`;
  if (names.at(-1) !== 'default') yield `${where}: no default`;
  for (const name of names) yield* conditionFaults(`${where} ${name}`, target[name]);
}

/** The names that only one of two lists has. */
function* nameFaults(where, names, other, otherNames) {
  for (const name of names) if (!otherNames.includes(name)) yield `${where}: ${name}, which is not in ${other}`;
  for (const name of otherNames) if (!names.includes(name)) yield `${where}: no ${name}, which is in ${other}`;
}

/** The first group of each match. */
const firstGroups = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

/** The faults of `exports` and `imports` in package.json. */
function* entryFaults(npm, list) {
  for (const part of ['exports', 'imports']) {
    for (const [name, target] of Object.entries(npm[part])) {
      const where = `package.json ${part} "${name}"`;
      yield* conditionFaults(where, target);
      for (const path of pathsOf(target)) {
        if (list(path.slice(2)).length === 0) yield `${where}: no ${path}`;
        if (!npm.files.includes(path.split('/')[1]) && path !== './package.json')
          yield `${where}: ${path} is not packed`;
      }
      if (part !== 'exports' || typeof target === 'string') continue;
      for (const kind of ['import', 'require']) if (!target[kind]?.types) yield `${where}: no types to ${kind}`;
    }
  }
}

/** The differences between jsr.json and package.json. JSR publishes sources: the types of an entry name its source. */
function* jsrFaults(npm, jsr, exists) {
  const entries = Object.entries(npm.exports).filter(
    ([name, target]) => target.import && !bundledEntries.includes(name),
  );
  const sources = entries.map(([name, target]) => [
    name,
    String(target.import.types)
      .replace('./dist/types/', './src/')
      .replace(/\.d\.ts$/, '.ts'),
  ]);
  const peers = Object.entries(npm.peerDependencies).map(([name, range]) => [name, `npm:${name}@${range}`]);
  const expected = {
    name: `@${npm.name}/${npm.name}`,
    version: npm.version,
    license: npm.license,
    exports: Object.fromEntries(sources),
    imports: { '#wasm': npm.imports['#wasm'].default, ...Object.fromEntries(peers) },
  };
  for (const [key, value] of Object.entries(expected)) {
    const [actualText, expectedText] = [JSON.stringify(jsr[key]), JSON.stringify(value)];
    if (actualText !== expectedText) yield `jsr.json ${key}: ${actualText}, expected ${expectedText}`;
  }
  for (const path of Object.values(jsr.exports)) if (!exists(path)) yield `jsr.json: no ${path}`;
}

/** The differences between the kernels in dist/wasm, the modules that export them, and the imports of `#wasm`. */
function* kernelFaults(read, list) {
  const files = list('dist/wasm/*.wasm').map((path) => path.slice('dist/wasm/'.length));
  const names = files.map((file) => file.replace(/\.wasm$/, '').replace(/\.(.)/, (_, letter) => letter.toUpperCase()));
  const inlined = firstGroups(read('dist/wasm/inline.js'), /^export const (\w+) =/gm);
  yield* nameFaults('dist/wasm/inline.js', inlined, 'dist/wasm/*.wasm', names);
  for (const [path, query] of [
    ['dist/wasm/workerd.js', ''],
    ['dist/wasm/edge.js', '?module'],
  ]) {
    const lines = [...read(path).matchAll(/^export \{ default as (\w+) \} from '\.\/([\w.]+\.wasm)(.*)';$/gm)];
    yield* nameFaults(
      path,
      lines.map(([, name]) => name),
      'dist/wasm/*.wasm',
      names,
    );
    for (const [, name, file, suffix] of lines)
      if (names[files.indexOf(file)] !== name || suffix !== query) yield `${path}: ${name} is ${file}${suffix}`;
  }
  const imported = new Set(list('dist/*.js').flatMap((path) => importsOfWasm(read(path))));
  yield* nameFaults('imports of #wasm in dist', [...imported], 'dist/wasm/inline.js', inlined);
}

/** The names that a module imports from `#wasm`. */
const importsOfWasm = (text) =>
  firstGroups(text, /import\s*\{([^}]*)\}\s*from\s*["']#wasm["']/g)
    .flatMap((names) => names.split(','))
    .map((name) => name.trim().split(' as ')[0])
    .filter(Boolean);

/** All faults of the package in `folder`, one a line. */
export function* packageFaults(folder = root) {
  const read = (path) => readFileSync(join(folder, path), 'utf8');
  const list = (pattern) => globSync(pattern, { cwd: folder }).map((path) => path.replaceAll('\\', '/'));
  const npm = JSON.parse(read('package.json'));
  yield* entryFaults(npm, list);
  yield* jsrFaults(npm, JSON.parse(read('jsr.json')), (path) => existsSync(join(folder, path)));
  yield* kernelFaults(read, list);
}
