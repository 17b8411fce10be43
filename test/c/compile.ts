// Compiles files of toC with a program that calls their functions, runs the program, and returns the results.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls of one function of a file: `NAME_FUNCTION`, once for each sample of `input`. */
export interface CCall {
  readonly function: string;
  /** Macros without the prefix: sizes of a sample of the input and of the output. */
  readonly sizes: readonly [input: string, output: string];
  readonly input: Float32Array;
}

/** A file of toC, and calls of its functions. */
export interface CCase {
  /** The prefix of the file. */
  readonly name: string;
  readonly source: string;
  readonly calls: readonly CCall[];
}

/** A command that compiles C, such as `gcc -std=c99`, and the command that runs the program, if it does not run by itself. */
export interface Toolchain {
  readonly compile: readonly [string, ...string[]];
  readonly run?: readonly [string, ...string[]];
}

export const strict = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'] as const;

/** The reason why a compiler cannot run; undefined if it is installed. */
export const lackingCompiler = (command: string): string | undefined =>
  spawnSync(command, ['--version']).error ? `${command} is not installed` : undefined;

/** The lines of the program for a call: reads samples from the standard input and writes the results to the standard output. */
function callLines(name: string, { function: verb, sizes: [input, output] }: CCall): string {
  const [from, to, workspace] = [input, output, 'WORKSPACE_SIZE'].map((size) => `${name.toUpperCase()}_${size}`);
  return `{
    static float input[${from}], output[${to}], workspace[${workspace}];
    uint32_t count;
    if (fread(&count, sizeof count, 1, stdin) != 1) return 1;
    memset(workspace, 0xff, sizeof workspace);
    for (; count > 0; count--) {
      if (fread(input, sizeof input, 1, stdin) != 1) return 1;
      memset(output, 0xff, sizeof output);
      ${name}_${verb}(input, output, workspace);
      if (fwrite(output, sizeof output, 1, stdout) != 1) return 1;
    }
  }`;
}

const program = (cases: readonly CCase[]): string => `#include <stdint.h>
#include <stdio.h>
#include <string.h>
${cases.map(({ name }) => `#define ${name.toUpperCase()}_DECLARATIONS\n#include "${name}.c"`).join('\n')}
int main(void)
{
  ${cases.flatMap(({ name, calls }) => calls.map((call) => callLines(name, call))).join('\n  ')}
  return 0;
}
`;

/** The value of a macro of a file. */
export function macro({ name, source }: Pick<CCase, 'name' | 'source'>, size: string): number {
  const match = new RegExp(`^#define ${name.toUpperCase()}_${size} (\\d+)$`, 'm').exec(source);
  if (!match) throw new Error(`${name} has no macro ${size}`);
  return Number(match[1]);
}

/** Compiles the files and runs all calls. Returns the outputs of each call, end to end. Errors: those of the compiler and the program. */
export function runC(cases: readonly CCase[], { compile, run = [] as never }: Toolchain): Float32Array[] {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-c-'));
  try {
    for (const { name, source } of cases) writeFileSync(join(folder, `${name}.c`), source);
    writeFileSync(join(folder, 'main.c'), program(cases));
    const files = [...cases.map(({ name }) => `${name}.c`), 'main.c'];
    const [compiler, ...flags] = compile;
    const compiled = spawnSync(compiler, [...flags, ...files, '-o', 'program'], { cwd: folder, encoding: 'utf8' });
    if (compiled.status !== 0 || compiled.stderr) throw new Error(`${compile.join(' ')}\n${compiled.stderr}`);
    const calls = cases.flatMap((item) => item.calls.map((call) => ({ item, call })));
    const input = calls.flatMap(({ item, call }) => {
      const count = call.input.length / macro(item, call.sizes[0]);
      return [
        Buffer.from(Uint32Array.of(count).buffer),
        Buffer.from(call.input.buffer, call.input.byteOffset, call.input.byteLength),
      ];
    });
    const [command, ...args] = [...run, join(folder, 'program')] as [string, ...string[]];
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: folder,
      input: Buffer.concat(input),
      maxBuffer: 2 ** 28,
    });
    if (status !== 0 || stderr.length) throw new Error(`the program ended with ${status}\n${stderr}`);
    const bytes = new Uint8Array(stdout).buffer;
    let at = 0;
    return calls.map(({ item, call }) => {
      const count = (call.input.length / macro(item, call.sizes[0])) * macro(item, call.sizes[1]);
      at += 4 * count;
      return new Float32Array(bytes, at - 4 * count, count);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
