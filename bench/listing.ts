// Reads V8's listing of WebAssembly code for x86-64 (`node --print-wasm-code`).

/** An instruction, for example `vmovups [rbp-0x30],xmm0`, and its offset in the code of its function. */
interface Instruction {
  readonly offset: number;
  readonly text: string;
}

export interface CompiledFunction {
  /** Number of the function in its module. */
  readonly index: number;
  readonly instructions: readonly Instruction[];
}

/** A loop that contains no other loop, nor calls a function that may have one. */
export interface InnermostLoop {
  readonly instructions: readonly string[];
}

/** The functions of a listing, in its order. */
export function parseListing(listing: string): CompiledFunction[] {
  return listing
    .split('--- WebAssembly code ---')
    .slice(1)
    .map((section) => ({
      index: Number(/^index: (\d+)$/m.exec(section)![1]),
      instructions: Array.from(
        section.matchAll(/^0x[0-9a-f]+ +([0-9a-f]+) +[0-9a-f]+ +(.+)$/gm),
        ([, offset, text]) => ({
          offset: Number.parseInt(offset!, 16),
          text: text!.trim(),
        }),
      ),
    }));
}

/** The offset that a jump leads to; undefined for other instructions. */
function targetOf({ text }: Instruction): number | undefined {
  const target = /^j\w+ .*<\+0x([0-9a-f]+)>/.exec(text)?.[1];
  return target === undefined ? undefined : Number.parseInt(target, 16);
}

/**
 * Offsets of the code that calls V8 when it wants to interrupt a loop. This code stands after the loops of its function, moves all
 * registers to the stack and jumps back; it runs some times a second. A loop reaches it from a test of a flag of V8.
 */
function interruptCode(instructions: readonly Instruction[]): Set<number> {
  const offsets = new Set<number>();
  for (const [i, instruction] of instructions.entries()) {
    const testsFlag = i > 0 && /^cmpb \[r13[+-]0x[0-9a-f]+\],0x0$/.test(instructions[i - 1]!.text);
    if (!testsFlag || !instruction.text.startsWith('jnz')) continue;
    const target = targetOf(instruction)!;
    for (let k = instructions.findIndex(({ offset }) => offset === target); k < instructions.length; k++) {
      offsets.add(instructions[k]!.offset);
      if (instructions[k]!.text.startsWith('jmp')) break;
    }
  }
  return offsets;
}

/** Whether each turn of a loop calls a function: no jump in the loop leads past the call. */
const callsInEachTurn = (loop: readonly Instruction[]): boolean =>
  loop.some(
    (call) =>
      call.text.startsWith('call') &&
      !loop.some((jump) => jump.offset < call.offset && (targetOf(jump) ?? 0) > call.offset),
  );

/**
 * The innermost loops of a function: the instructions from the target of a jump back to the jump. A loop that calls a function in each
 * turn is left out: the function may have a loop, and the calling convention moves all registers to the stack.
 */
export function innermostLoops({ instructions }: CompiledFunction): InnermostLoop[] {
  const interrupts = interruptCode(instructions);
  /** The last jump back to a target. */
  const ends = new Map<number, number>();
  for (const instruction of instructions) {
    const target = targetOf(instruction);
    if (target === undefined || target > instruction.offset || interrupts.has(instruction.offset)) continue;
    ends.set(target, instruction.offset);
  }
  const returns = instructions.filter(({ text }) => /^ret/.test(text)).map(({ offset }) => offset);
  // Code of rare cases stands after the return of its function and jumps back too.
  const ranges = [...ends]
    .map(([first, last]) => ({ first, last }))
    .filter(({ first, last }) => !returns.some((offset) => offset >= first && offset <= last));
  const containsLoop = (outer: (typeof ranges)[number]): boolean =>
    ranges.some((inner) => inner !== outer && inner.first >= outer.first && inner.last <= outer.last);
  return ranges
    .filter((range) => !containsLoop(range))
    .map(({ first, last }) => instructions.filter(({ offset }) => offset >= first && offset <= last))
    .filter((loop) => !callsInEachTurn(loop))
    .map((loop) => ({ instructions: loop.map(({ text }) => text) }));
}

/** Whether an instruction reads a vector register from the stack or writes one to it. */
export const isSpill = (instruction: string): boolean =>
  /\b[xy]mm\d+\b/.test(instruction) && /\[r[bs]p[+-]0x/.test(instruction);

/** The names of the functions of a module, by index, from its text form: `folder/file/function` of assembly/. */
export const functionNames = (text: string): string[] =>
  Array.from(text.matchAll(/^ \(func \$(?:assembly\/)?(\S+)/gm), ([, name]) => name!);
