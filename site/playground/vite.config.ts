import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses: the built site works below any path.
  base: './',
  resolve: {
    alias: [
      { find: /^isthmus$/, replacement: `${root}dist/index.js` },
      { find: /^isthmus\/(onnx|c)$/, replacement: `${root}dist/$1.js` },
    ],
    dedupe: ['preact', '@preact/signals'],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  // The libraries of the workers are found at the start: one that is found later reloads the page.
  optimizeDeps: { entries: ['index.html', 'src/training/worker.ts', 'src/jobs/worker.ts'] },
  server: { fs: { allow: [root] } },
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0 },
});
