// Prepares the pages of the guide: `npm run docs` starts this script as a process, after the packages of the guide are installed.
import { stage } from './stage.mjs';

await stage();
