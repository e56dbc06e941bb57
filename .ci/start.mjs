// Builds the page and serves it: `npm start [-- --port N]`.
import { build, preview } from 'vite';

const at = process.argv.indexOf('--port');
const port = at > 0 ? Number(process.argv[at + 1]) : 4173;
await build({ logLevel: 'warn' });
const server = await preview({ preview: { port, strictPort: false, host: 'localhost' } });
console.log(`Hopscope: ${server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`}  (Ctrl+C ends it)`);
