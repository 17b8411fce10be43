// Runs the test cases in the bundle that is named, and prints what came of each, a line of JSON. With `installed`, our
// kernels are there.
import { createRequire } from 'node:module';
import { installKernels } from 'isthmus/tfjs';

type Tf = Parameters<typeof installKernels>[0];
interface Result {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

const require = createRequire(import.meta.url);
const [bundle, how] = process.argv.slice(2);
const jasmine = require('jasmine-core').boot();
const environment = jasmine.getEnv();
environment.configure({ random: false });
const { tf } = require(bundle!) as { tf: Tf };
// tfjs warns of each thing that it will do another way one day.
console.warn = () => {};
if (!(await tf.setBackend('wasm'))) throw new Error('the backend does not start');
if (how === 'installed') await installKernels(tf);
environment.addReporter({
  specDone({ fullName, status, failedExpectations }: Result) {
    const message = failedExpectations[0]?.message;
    process.stdout.write(`${JSON.stringify({ name: fullName.replace(' wasm {}', ''), status, message })}\n`);
  },
});
await environment.execute();
