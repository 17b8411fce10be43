// Serves the example pages: `npm run build && node examples/serve.ts`. Any other server of static files works too.
import { fileURLToPath } from 'node:url';
import { serve } from '../test/runtimes/site.ts';

const { url } = await serve(fileURLToPath(new URL('..', import.meta.url)));
for (const page of ['browser', 'web-worker', 'strict-csp']) console.log(`${url}examples/${page}/index.html`);
