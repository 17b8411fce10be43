// The commands as programs of commander: arguments, help texts, and suggestions for wrong words.

import { Command as Program, Option as ProgramOption } from 'commander';
import type { Command, Options } from './command.ts';
import type { CommonFlags } from './context.ts';
import { UsageError } from './errors.ts';

/** The command that the arguments select, with its values. */
export interface Selection {
  readonly command: Command;
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly flags: CommonFlags;
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function addOptions(program: Program, options: Options): void {
  for (const [name, { help, short, value, parse, fallback }] of Object.entries(options)) {
    const long = `--${dashed(name)}`;
    const option = new ProgramOption(`${short ? `-${short}, ` : ''}${long}${value ? ` <${value}>` : ''}`, help);
    if (fallback !== undefined && fallback !== false) option.default(fallback);
    if (parse)
      option.argParser((text: string) => {
        try {
          return parse(text, long);
        } catch (error) {
          if (error instanceof UsageError) program.error(`error: ${error.message}`);
          throw error;
        }
      });
    program.addOption(option);
  }
}

function addCommonOptions(program: Program, output: string | undefined): void {
  if (output) {
    program.option('-o, --output <path>', output);
    program.option('-f, --force', 'replace existing files, write binary data to a terminal');
  }
  program.option('--json', 'print one JSON document on standard output');
  program.option('--code', 'print JavaScript that does the same, and stop');
  program.option('-q, --quiet', 'print errors only');
  program.option('-v, --verbose', 'print the stack of an error');
}

/** Paragraphs without the line ends of the source: commander breaks lines at the width of the terminal. */
const joinLines = (text: string): string => text.replace(/(?<!\n)\n(?!\n)/g, ' ');

const examplesText = ({ examples }: Command): string =>
  `\nExamples:\n${examples.map(({ command, text }) => `  ${text}\n    $ ${command}\n`).join('')}`;

/** The program of one command. `select` receives the values. */
function programOf(command: Command, select: (selection: Selection) => void): Program {
  const program = new Program(command.name).summary(command.summary);
  const { summary, description } = command;
  program.description(description ? `${summary}\n\n${joinLines(description)}` : summary);
  for (const { name, help, many, optional } of command.operands) {
    const label = many ? `${name}...` : name;
    program.argument(optional ? `[${label}]` : `<${label}>`, help);
  }
  addOptions(program, command.options);
  addCommonOptions(program, command.output);
  program.addHelpText('after', examplesText(command));
  program.action(() => {
    const { json, code, quiet, verbose, force, output, ...options } = program.opts();
    const operands: string[] = program.processedArgs.flat().filter((operand) => operand !== undefined);
    if (operands.indexOf('-') !== operands.lastIndexOf('-'))
      program.error('error: standard input can be read once: use "-" once');
    select({
      command,
      operands,
      options,
      flags: {
        json: json === true,
        code: code === true,
        quiet: quiet === true,
        verbose: verbose === true,
        force: force === true,
        output,
      },
    });
  });
  return program;
}

const introduction = `Trains compact autoencoders on this machine, and uses them to compress, detect, denoise and generate.

Files: .npy .npz .csv .json .jsonl .parquet .safetensors, IDX, PNG, JPEG and WAV, each also as .gz; "-" is a pipe.`;

const exitText = `
Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 interrupted,
141 the program that reads the output closed the pipe.
"isthmus COMMAND --help" shows the options and examples of a command.`;

/**
 * The command that the arguments select; undefined where help or the version was printed. Errors: CommanderError for
 * arguments that are wrong, after its message was written by `writeError`.
 */
export function selectCommand(
  args: readonly string[],
  commands: readonly Command[],
  version: string,
  write: { readonly out: (text: string) => void; readonly error: (text: string) => void },
): Selection | undefined {
  let selection: Selection | undefined;
  const root = new Program('isthmus').description(introduction).version(version, '-V, --version', 'print the version');
  root.addHelpText('after', exitText);
  for (const command of commands) {
    root.addCommand(
      programOf(command, (value) => {
        selection = value;
      }),
    );
  }
  for (const program of [root, ...root.commands]) {
    program.helpOption('-h, --help', 'print this help').exitOverride();
    program.configureOutput({ writeOut: write.out, writeErr: write.error, outputError: (text, print) => print(text) });
  }
  root.helpCommand('help [command]', 'print the help of a command');
  root.parse(args as string[], { from: 'user' });
  return selection;
}
