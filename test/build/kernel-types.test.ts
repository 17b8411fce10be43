// The generated interfaces of kernels: from an example source, and from assembly/.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import modules from '../../assembly/modules.json' with { type: 'json' };
// @ts-expect-error a script without types
import { generate } from '../../scripts/kernel-types.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('generated kernel declarations', () => {
  const files: Record<string, string> = {
    'assembly/infer.ts': "// Kernels of a test.\n\nexport { scale } from './vector';\n",
    'assembly/vector.ts':
      "import { four } from './four';\n/** x[n] *= by. */\nexport function scale(x: usize, n: i32, by: f32, back: bool): f64 {\n  return four(x);\n}\n",
    'assembly/four.ts': '/** @inline */\nexport function four(x: usize): f64 {\n  return 4;\n}\n',
  };
  const interfaces = (sources: Record<string, string>): string =>
    generate({ infer: ['strict'] }, (path: string) => sources[path])['src/wasm/kernels.gen.ts'];

  it('have the names, types and order of the parameters, and the doc comment', () => {
    assert.match(
      interfaces(files),
      /\/\*\* Kernels of a test\. \*\/\nexport interface InferKernels \{\n {2}\/\*\* x\[n\] \*= by\. \*\/\n {2}scale\(x: Address, n: Count, by: Real, back: Flag\): number;\n\}/,
    );
    const swapped = files['assembly/vector.ts']!.replace('n: i32, by: f32', 'by: f32, n: i32');
    assert.match(interfaces({ ...files, 'assembly/vector.ts': swapped }), /scale\(x: Address, by: Real, n: Count, /);
  });

  it('refuse an export without a doc comment, and an export that no file defines', () => {
    const bare = files['assembly/vector.ts']!.replace('/** x[n] *= by. */\n', '');
    assert.throws(() => interfaces({ ...files, 'assembly/vector.ts': bare }), /scale has no doc comment/);
    const renamed = files['assembly/vector.ts']!.replace('function scale', 'function times');
    assert.throws(() => interfaces({ ...files, 'assembly/vector.ts': renamed }), /vector exports no function scale/);
  });

  it('name the exports of each module, with the same number of parameters', () => {
    const text = readFileSync(`${root}src/wasm/kernels.gen.ts`, 'utf8');
    for (const [module, flavours] of Object.entries(modules)) {
      const name = `${module[0]!.toUpperCase()}${module.slice(1)}Kernels`;
      const body = text.split(`export interface ${name} {`)[1]!.split('\n}')[0]!;
      const declared = [...body.matchAll(/^ {2}(\w+)\((.*)\): (?:void|number);$/gm)].map(
        ([, method, parameters]) => [method!, parameters!.split(', ').filter(Boolean).length] as const,
      );
      for (const flavour of flavours) {
        const bytes = readFileSync(`${root}dist/wasm/${module}.${flavour}.wasm`);
        const env = { memory: new WebAssembly.Memory({ initial: 1 }) };
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env });
        const exported = Object.entries(exports).map(([key, kernel]) => [key, (kernel as () => void).length]);
        assert.deepEqual(Object.fromEntries(exported), Object.fromEntries(declared), `${module}.${flavour}`);
      }
    }
  });
});
