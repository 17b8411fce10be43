// Counts the moves between vector registers and the stack in the innermost loops of the kernels, in V8's listing. The listing
// is the same on every x86-64 machine with AVX2 and FMA.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch } from 'node:process';
import { fileURLToPath } from 'node:url';
import { functionNames, innermostLoops, isSpill, parseListing } from './listing.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(`${root}assembly/modules.json`, 'utf8'),
);

export interface KernelSpills {
  readonly module: string;
  readonly flavour: string;
  /** `folder/file/function` of assembly/. */
  readonly name: string;
  /** Moves in each innermost loop. */
  readonly loops: readonly number[];
}

/** V8's listing of the optimized code of a module. */
function listingOf(file: string): string {
  const flags = ['--no-liftoff', '--no-wasm-tier-up', '--no-wasm-lazy-compilation', '--print-wasm-code'];
  const script = 'new WebAssembly.Module(require("node:fs").readFileSync(process.argv[1]))';
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', script, file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`no listing of ${file}: ${stderr}`);
  return stdout;
}

/** The reason why this machine gives no listing to compare; undefined if there is none. */
export function listingFault(): string | undefined {
  if (arch !== 'x64') return `the listing is read for x64, not for ${arch}`;
  const fused = /\bvfmadd\w+ps\b/.test(listingOf(`${root}dist/wasm/infer.relaxed.wasm`));
  return fused ? undefined : 'V8 takes other instructions on a processor without AVX2 and FMA';
}

/** The spills of each function that has a loop, in all modules and flavours. */
export function measureSpills(): KernelSpills[] {
  return Object.entries(modules).flatMap(([module, flavours]) => {
    const names = functionNames(readFileSync(`${root}build/wasm/${module}.wat`, 'utf8'));
    return flavours.flatMap((flavour) =>
      parseListing(listingOf(`${root}dist/wasm/${module}.${flavour}.wasm`))
        .map((compiled) => ({
          module,
          flavour,
          name: names[compiled.index]!,
          loops: innermostLoops(compiled).map(({ instructions }) => instructions.filter(isSpill).length),
        }))
        .filter(({ loops }) => loops.length > 0)
        .sort((a, b) => a.name.localeCompare(b.name)),
    );
  });
}

export const spillsOf = ({ loops }: KernelSpills): number => loops.reduce((sum, spills) => sum + spills, 0);
