// The pages of the guide in the order of reading: files of docs/, with their titles in the sidebar.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

const ordered = [
  {
    text: 'Start',
    pages: [
      { file: 'start', title: 'Install, and a first model' },
      { file: 'choose-an-autoencoder', title: 'Choose an autoencoder' },
      { file: 'training', title: 'Train' },
    ],
  },
  {
    text: 'Jobs',
    pages: [
      { file: 'find-strange-rows', title: 'From a CSV to a detector' },
      { file: 'compress-a-table', title: 'Compress with a guarantee' },
      { file: 'clean-pictures-and-sound', title: 'Clean pictures and sound' },
      { file: 'cli', title: 'The command line' },
    ],
  },
  {
    text: 'Where it runs',
    pages: [
      { file: 'worker', title: 'In a worker' },
      { file: 'edge', title: 'On the edge' },
      { file: 'runtimes', title: 'Runtimes and bundlers' },
    ],
  },
  {
    text: 'Other tools',
    pages: [
      { file: 'from-python', title: 'PyTorch and Keras' },
      { file: 'tfjs', title: 'TensorFlow.js' },
      { file: 'onnx', title: 'ONNX' },
      { file: 'c', title: 'C99' },
    ],
  },
  {
    text: 'Reference',
    pages: [
      { file: 'limits', title: 'What it does not do' },
      { file: 'compression', title: 'Guarantees of compression' },
      { file: 'detection', title: 'How detection works' },
      { file: 'results', title: 'Results on real data' },
      { file: 'speed', title: 'Speed' },
      { file: 'format', title: 'File formats' },
      { file: 'format-bounded', title: 'File format: bounded mode' },
      { file: 'format-table', title: 'File format: compressed tables' },
      { file: 'changelog', title: 'Changelog' },
    ],
  },
];

const listed = new Set(ordered.flatMap(({ pages }) => pages.map(({ file }) => file)));
const present = new Set([...globSync('*.md', { cwd: docs }).map((path) => path.slice(0, -3)), 'changelog']);

/** Pages that the order does not have, with their headings. They come last. */
const others = [...present]
  .filter((file) => !listed.has(file))
  .sort()
  .map((file) => ({ file, title: /^# (.*)$/m.exec(readFileSync(`${docs}${file}.md`, 'utf8'))?.[1] ?? file }));

/** The groups of the sidebar: pages that exist. */
export const groups = ordered
  .map(({ text, pages }, i) => ({
    text,
    pages: [...pages.filter(({ file }) => present.has(file)), ...(i === ordered.length - 1 ? others : [])],
  }))
  .filter(({ pages }) => pages.length > 0);
