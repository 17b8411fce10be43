// One test for each body of the suites, from what a runtime answers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { suites } from '../suites/index.ts';
import type { Outcome } from './inside/run.ts';

/** A project that has the packed package installed, and the suites bundled beside it. */
export const project = fileURLToPath(new URL('../../build/runtimes/', import.meta.url));
const tools = fileURLToPath(new URL('tools/node_modules/', import.meta.url));

/** The path of a tool that is installed for these tests. */
export const tool = (path: string): string => tools + path;

/** The first of the paths that exists. */
export const found = (...paths: string[]): string | undefined => paths.find((path) => existsSync(path));

/**
 * Runs the suites in a runtime. `missing` says what this machine lacks for it: then they are left out, with that reason,
 * or fail where CI is set.
 */
export function everySuite(
  runtime: string,
  missing: string | undefined,
  outcomes: () => Promise<Outcome[]>,
  list: Readonly<Record<string, object>> = suites,
): void {
  describe(runtime, () => {
    if (missing) {
      it(`runs (left out: ${missing})`, { skip: process.env.CI !== 'true' }, () => assert.fail(missing));
      return;
    }
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

/** The outcomes that a command prints, a line each. Nothing else may come from it. */
export function printed(command: string, ...args: string[]): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0 || errors) reject(new Error(`${command} ended with ${code}: ${errors}`));
      else
        resolve(
          out
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as Outcome),
        );
    });
  });
}
