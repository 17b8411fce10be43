// Where package.json, jsr.json, dist and the kernels must say the same. The build fails where they do not.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Of conditions the earlier wins: types for all; tools and runtimes that say they are also others, such as workerd a browser; the
 * builder of Angular (es2020); modes and features of bundlers, with Node before pages; default for what is left, such as Metro.
 */
const order = [
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

/** Entries that only the bundle makes: a thread in a file of its own, and what has no kernels in it. */
const bundled = ['./worker', './worker-inline', './slim'];

/** The files that a target in `exports` or `imports` leads to, by condition. */
function* targets(target, conditions = []) {
  if (typeof target === 'string') yield { path: target, conditions };
  else for (const [name, inner] of Object.entries(target)) yield* targets(inner, [...conditions, name]);
}

function* conditions(where, target) {
  if (typeof target === 'string') return;
  const names = Object.keys(target);
  for (const name of names) if (!order.includes(name)) yield `${where}: unknown condition "${name}"`;
  const known = names.filter((name) => order.includes(name));
  const sorted = order.filter((name) => known.includes(name));
  if (known.join() !== sorted.join()) yield `${where}: conditions ${known.join(', ')}, expected ${sorted.join(', ')}`;
  if (names.at(-1) !== 'default') yield `${where}: no default`;
  for (const name of names) yield* conditions(`${where} ${name}`, target[name]);
}

/** Two sets of names that should be one. */
function* same(what, names, like, others) {
  for (const name of names) if (!others.includes(name)) yield `${what}: ${name}, which is not in ${like}`;
  for (const name of others) if (!names.includes(name)) yield `${what}: no ${name}, which is in ${like}`;
}

const namesOf = (matches) => [...matches].map((match) => match[1]);
const namesIn = (text, pattern) => namesOf(text.matchAll(pattern));

/** All that differs below `folder`, a line each. */
export function* differences(folder = root) {
  const read = (path) => readFileSync(join(folder, path), 'utf8');
  const list = (pattern) => globSync(pattern, { cwd: folder }).map((path) => path.replaceAll('\\', '/'));
  const npm = JSON.parse(read('package.json'));
  const jsr = JSON.parse(read('jsr.json'));

  for (const part of ['exports', 'imports']) {
    for (const [name, target] of Object.entries(npm[part])) {
      const where = `package.json ${part} "${name}"`;
      yield* conditions(where, target);
      for (const { path } of targets(target)) {
        if (list(path.slice(2)).length === 0) yield `${where}: no ${path}`;
        if (!npm.files.includes(path.split('/')[1]) && path !== './package.json')
          yield `${where}: ${path} is not packed`;
      }
      if (part !== 'exports' || typeof target === 'string') continue;
      for (const kind of ['import', 'require']) if (!target[kind]?.types) yield `${where}: no types to ${kind}`;
    }
  }

  // JSR publishes sources: each entry's types say which.
  const entries = Object.entries(npm.exports).filter(([name, target]) => target.import && !bundled.includes(name));
  const sources = entries.map(([name, target]) => [
    name,
    String(target.import.types)
      .replace('./dist/types/', './src/')
      .replace(/\.d\.ts$/, '.ts'),
  ]);
  const expected = {
    name: `@${npm.name}/${npm.name}`,
    version: npm.version,
    license: npm.license,
    exports: Object.fromEntries(sources),
    imports: {
      '#wasm': npm.imports['#wasm'].default,
      ...Object.fromEntries(
        Object.entries(npm.peerDependencies).map(([name, range]) => [name, `npm:${name}@${range}`]),
      ),
    },
  };
  for (const [key, value] of Object.entries(expected)) {
    const [a, b] = [jsr[key], value].map((one) => JSON.stringify(one));
    if (a !== b) yield `jsr.json ${key}: ${a}, expected ${b}`;
  }
  for (const path of Object.values(jsr.exports)) if (!existsSync(join(folder, path))) yield `jsr.json: no ${path}`;

  const files = list('dist/wasm/*.wasm').map((path) => path.slice('dist/wasm/'.length));
  const keys = files.map((file) => file.replace(/\.wasm$/, '').replace(/\.(.)/, (_, letter) => letter.toUpperCase()));
  const inline = namesIn(read('dist/wasm/inline.js'), /^export const (\w+) =/gm);
  yield* same('dist/wasm/inline.js', inline, 'dist/wasm/*.wasm', keys);
  for (const [path, query] of [
    ['dist/wasm/workerd.js', ''],
    ['dist/wasm/edge.js', '?module'],
  ]) {
    const found = [...read(path).matchAll(/^export \{ default as (\w+) \} from '\.\/([\w.]+\.wasm)(.*)';$/gm)];
    yield* same(path, namesOf(found), 'dist/wasm/*.wasm', keys);
    for (const [, key, file, suffix] of found)
      if (keys[files.indexOf(file)] !== key || suffix !== query) yield `${path}: ${key} is ${file}${suffix}`;
  }
  const used = new Set(list('dist/*.js').flatMap((path) => wasmNames(read(path))));
  yield* same('imports of #wasm in dist', [...used], 'dist/wasm/inline.js', inline);
}

/** What a module imports from `#wasm`. */
function wasmNames(text) {
  const lists = namesIn(text, /import\s*\{([^}]*)\}\s*from\s*["']#wasm["']/g);
  return lists.flatMap((names) =>
    names
      .split(',')
      .map((name) => name.trim().split(' as ')[0])
      .filter(Boolean),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = [...differences()];
  for (const line of found) console.error(line);
  process.exitCode = found.length ? 1 : 0;
}
