// Serves the files of this folder: `npm start`. Any other server of static files works too.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const port = Number(process.env.PORT ?? 8000);

createServer(async ({ url }, response) => {
  try {
    const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
    const body = await readFile(join(import.meta.dirname, path.endsWith('/') ? `${path}index.html` : path));
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/html' }).end(body);
  } catch {
    response.writeHead(404).end('not found');
  }
}).listen(port, 'localhost', () => console.log(`http://localhost:${port}/`));
