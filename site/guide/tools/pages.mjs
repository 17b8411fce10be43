// The pages of the guide in the order of reading: files of docs/, with their titles in the sidebar.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

/** True if a page is in docs/. */
export const hasPage = (file) => file === 'changelog' || existsSync(`${docs}${file}.md`);

export const groups = [
  {
    text: 'Start',
    pages: [
      { file: 'start', title: 'Install, and a first model' },
      { file: 'choose-an-autoencoder', title: 'Choose an autoencoder' },
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
      { file: 'format', title: 'File formats' },
      { file: 'format-bounded', title: 'File format: bounded mode' },
      { file: 'format-table', title: 'File format: compressed tables' },
      { file: 'changelog', title: 'Changelog' },
    ],
  },
];
