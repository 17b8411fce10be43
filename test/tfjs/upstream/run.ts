// Runs the test cases of a bundle and prints the result of each as a line of JSON. The second argument `installed` installs
// our kernels first.
import { createRequire } from 'node:module';
import { installKernels } from 'isthmus/tfjs';

type Tf = Parameters<typeof installKernels>[0];
interface Result {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

const require = createRequire(import.meta.url);
const [bundle, kernels] = process.argv.slice(2);
const jasmine = require('jasmine-core').boot();
const environment = jasmine.getEnv();
environment.configure({ random: false });
const { tf } = require(bundle!) as { tf: Tf };
// tfjs prints many deprecation warnings.
console.warn = () => {};
if (!(await tf.setBackend('wasm'))) throw new Error('the backend does not start');
if (kernels === 'installed') await installKernels(tf);
environment.addReporter({
  specDone({ fullName, status, failedExpectations }: Result) {
    const message = failedExpectations[0]?.message;
    process.stdout.write(`${JSON.stringify({ name: fullName.replace(' wasm {}', ''), status, message })}\n`);
  },
});
await environment.execute();
