// One test for each body of the suites, from the outcomes that a runtime reports.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { before, describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { suites } from '../suites/index.ts';
import type { Outcome } from './inside/run.ts';

/** A project with the packed package installed, and with the bundled suites. */
export const project = fileURLToPath(new URL('../../build/runtimes/', import.meta.url));
const tools = fileURLToPath(new URL('tools/node_modules/', import.meta.url));

/** The path of a tool that is installed for these tests. */
export const tool = (path: string): string => tools + path;

/** Why a tool is missing. */
export const absent = 'npm ci --prefix test/runtimes/tools did not succeed';

/** The reason why a tool cannot run; undefined if it is installed. */
export const lacking = (path: string): string | undefined => (existsSync(tool(path)) ? undefined : absent);

/** A test that is skipped with the reason `missing` if that is defined. It fails instead where CI is set. */
export function needing(
  missing: string | undefined,
  name: string,
  body: (t: TestContext) => Promise<void> | void,
): void {
  it(name, { skip: (process.env.CI !== 'true' && missing) || false }, missing ? () => assert.fail(missing) : body);
}

/** Runs the suites in a runtime. `missing`: the reason why this machine cannot run it. */
export function everySuite(
  runtime: string,
  missing: string | undefined,
  outcomes: () => Promise<Outcome[]>,
  list: Readonly<Record<string, object>> = suites,
): void {
  describe(runtime, () => {
    if (missing) return needing(missing, `suites in ${runtime}`, () => {});
    const answers = new Map<string, Outcome>();
    before(async () => {
      for (const outcome of await outcomes()) answers.set(`${outcome.suite}: ${outcome.title}`, outcome);
    });
    for (const [suite, bodies] of Object.entries(list)) {
      for (const title of Object.keys(bodies)) {
        const name = `${suite}: ${title}`;
        it(name, () => {
          const answer = answers.get(name);
          assert.ok(answer, 'no answer');
          if (answer.error) assert.fail(answer.error);
        });
      }
    }
  });
}

/** The exit code and the outputs of a command, started in `cwd`. */
export function outputOf(
  cwd: string,
  command: string,
  ...args: string[]
): Promise<{ code: number | null; out: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, errors }));
  });
}

/** The lines that a command prints in the project, each parsed as JSON. Errors: another exit code than 0, text on stderr. */
export async function printed<Line = Outcome>(command: string, ...args: string[]): Promise<Line[]> {
  const { code, out, errors } = await outputOf(project, command, ...args);
  if (code !== 0 || errors) throw new Error(`${command} ended with ${code}: ${errors}`);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
