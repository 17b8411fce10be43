// Every block of code of README.md and of the documents for users runs and prints what the document says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import json from '../../package.json' with { type: 'json' };
import { agrees, type Block, blocksOf, packagesOf, programsOf, treatmentOf } from './blocks.ts';
import { folderFor, makeCommands, runProgram } from './run-block.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npm run results` writes it, from the recipes that it trains for an hour. test/results/ tests the recipes. */
const GENERATED = 'docs/results.md';
const pages = ['README.md', ...globSync('docs/*.md', { cwd: root }).sort()];
const blocksIn = (page: string): Block[] => blocksOf(page, readFileSync(root + page, 'utf8'));

/** Bundles a block: its syntax is right, and isthmus has the names that it imports. */
async function bundle({ code, language }: Block): Promise<void> {
  const own = /^isthmus(\/|$)/;
  await build({
    stdin: { contents: code, resolveDir: root, loader: language as 'js' | 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
    external: ['#*', '@tensorflow/*'],
    plugins: [
      {
        name: 'others',
        setup({ onResolve }) {
          onResolve({ filter: /./ }, ({ path, kind, importer }) =>
            kind !== 'entry-point' && !own.test(path) && importer === '<stdin>' ? { path, external: true } : undefined,
          );
        },
      },
    ],
  });
}

/** Checks a block that other programs than Node and the shell of the tests run. */
async function parse(block: Block): Promise<void> {
  if (block.language !== 'sh') return bundle(block);
  const { status, stderr } = spawnSync('bash', ['-n'], { input: block.code, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

describe('the convention of blocks', () => {
  const fence = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;
  const treatments = (text: string): string[] => blocksOf('page.md', text).map(treatmentOf);

  it('runs js, ts and sh, parses code of other runtimes, and shows data', () => {
    const texts = [
      fence('js', 'a;'),
      fence('ts', '// Runs in a page.\na;'),
      fence('sh', 'npm install isthmus'),
      fence('sh', 'npx isthmus'),
      fence('sh', '# Runs in your project.\nnpm start'),
      fence('json', '{}'),
    ];
    assert.deepEqual(treatments(texts.join('text\n')), ['run', 'parse', 'install', 'run', 'parse', 'show']);
  });

  it('refuses other languages, other locations, and blocks without an end', () => {
    for (const [text, message] of [
      [fence('javascript', 'a;'), /^Error: page\.md:1: "javascript" is none of js/],
      [fence('bash', 'a'), /"bash" is none of js/],
      [fence('js', '// Runs in a dream.\na;'), /"a dream" is none of a page/],
      ['```js\na;\n', /^Error: page\.md:1: the block does not end/],
    ] as const)
      assert.throws(() => treatments(text), message);
  });

  it('joins a script with the blocks that continue the script, and their outputs', () => {
    const text = [
      fence('js', 'const a = 1;\nconsole.log(a);') + fence('text', '1'),
      fence('js', '// The script goes on.\nconsole.log(a + 1);') + fence('text', '2'),
      fence('js', 'const a = 2;'),
    ].join('and\n');
    const [first, second] = programsOf(blocksOf('page.md', text));
    assert.equal(first!.output, '1\n2\n');
    assert.equal(first!.blocks.length, 2);
    assert.equal(second!.output, '');
    assert.throws(() => programsOf(blocksOf('page.md', fence('js', '// The script goes on.\na;'))), /no script/);
  });

  it('compares all of an output, with … for text that changes', () => {
    assert.ok(agrees('a 1.5 s\n', 'a … s\n') && agrees('a\nb\nc\n', 'a\n…\nc\n') && agrees('a (1)\n', 'a (1)\n'));
    for (const [output, stated] of [
      ['a\n', ''],
      ['', 'a\n'],
      ['a\nb\n', 'a …\n'],
      ['a.b\n', 'a+b\n'],
      ['ab\nb\n', 'b\n'],
    ] as const)
      assert.ok(!agrees(output, stated), stated);
  });

  it('finds a name that isthmus does not have, and faulty syntax', async () => {
    const [good, bad, faulty] = blocksOf(
      'page.md',
      [
        fence('ts', "import { fit } from 'isthmus';\nimport a from 'other';\nawait a(fit as never);"),
        fence('js', "import { fitt } from 'isthmus';\nfitt();"),
        fence('js', 'const = 1;'),
      ].join(''),
    );
    await parse(good!);
    await assert.rejects(parse(bad!), /No matching export .* for import "fitt"/);
    await assert.rejects(parse(faulty!), /Expected identifier/);
  });

  it('sees a program that prints something else, fails, or warns', async () => {
    const folder = folderFor('convention');
    const run = async (text: string): Promise<readonly [boolean, number | null]> => {
      const [program] = programsOf(blocksOf('page.md', text));
      const { text: printed, code } = await runProgram(program!, folder);
      return [agrees(printed, program!.output), code];
    };
    assert.deepEqual(await run(fence('js', 'console.log(1);') + fence('text', '1')), [true, 0]);
    assert.deepEqual(await run(fence('js', 'console.log(1);') + fence('text', '2')), [false, 0]);
    assert.deepEqual(await run(fence('js', 'console.log(1);')), [false, 0]);
    assert.deepEqual(await run(fence('js', 'console.error(1);')), [false, 0]);
    assert.deepEqual(await run(fence('js', 'process.exitCode = 3;')), [true, 3]);
    assert.deepEqual(await run(fence('sh', 'false | true')), [true, 1]);
  });
});

const counts = { run: 0, parse: 0, install: 0, show: 0 };

describe('blocks of documents', { concurrency: 2 }, () => {
  before(makeCommands);

  for (const page of pages) {
    it(`of ${page} run and print what the page says`, async (t) => {
      const blocks = blocksIn(page);
      const programs = page === GENERATED ? [] : programsOf(blocks);
      const folder = folderFor(page);
      for (const program of programs) {
        const { text, code, signal } = await runProgram(program, folder);
        const place = `${page}:${program.blocks[0]!.line}`;
        if (!agrees(text, program.output)) assert.equal(text, program.output, place);
        assert.deepEqual([code, signal], [0, null], `${place}: ${text}`);
      }
      for (const block of blocks) {
        const treatment = page === GENERATED && block.language === 'js' ? 'parse' : treatmentOf(block);
        counts[treatment]++;
        if (treatment === 'parse') await parse(block);
        if (treatment === 'show' && block.language === 'json') JSON.parse(block.code);
        if (treatment === 'install')
          for (const name of packagesOf(block))
            assert.ok(
              [json.name, ...Object.keys({ ...json.peerDependencies, ...json.devDependencies })].includes(name),
              name,
            );
      }
      const run = programs.reduce((sum, program) => sum + program.blocks.length, 0);
      const parsed = blocks.filter((block) => ['js', 'ts', 'sh'].includes(block.language)).length - run;
      t.diagnostic(`${run} blocks run, ${parsed} parsed`);
    });
  }
});

describe('all blocks of documents', () => {
  it('are run or parsed', (t) => {
    t.diagnostic(`${counts.run} run, ${counts.parse} parsed, ${counts.install} install, ${counts.show} show data`);
    assert.ok(counts.run > 0 && counts.parse > 0);
  });
});
