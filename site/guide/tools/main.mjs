// Prepares the pages of the guide: `npm run docs` starts this in a process of its own, after its packages are installed.
import { stage } from './stage.mjs';

await stage();
