// The version of the package.

import { readFileSync } from 'node:fs';

// The bundle is dist/cli.js and this file is cli/version.ts: package.json is in the parent folder of both.
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export { version };
