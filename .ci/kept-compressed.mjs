// `npm start` serves what was built as a good static host does: each file of the build is compressed once, not for each visit,
// and the browser may keep it, since its name changes with what is in it.
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
const compress = promisify(gzip);

/** A plugin of vite: answers for the preview's `/assets/`. */
export function keptCompressed() {
  return {
    name: 'kept-compressed',
    configurePreviewServer({ config, middlewares }) {
      const directory = resolve(config.root, config.build.outDir, 'assets');
      const kept = new Map();
      const octetsOf = (name) => {
        let octets = kept.get(name);
        if (!octets) {
          octets = readFile(join(directory, name)).then(compress);
          // What is not there is looked for again: the page may be built anew meanwhile.
          octets.catch(() => kept.delete(name));
          kept.set(name, octets);
        }
        return octets;
      };
      for (const name of readdirSync(directory)) if (extname(name) in TYPES) octetsOf(name).catch(() => {});
      middlewares.use('/assets', (request, response, next) => {
        const name = (request.url ?? '').slice(1).split('?', 1)[0] ?? '';
        const type = TYPES[extname(name)];
        const takes = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
        if (!type || !takes || request.method !== 'GET' || !/^[\w.-]+$/.test(name)) return next();
        octetsOf(name).then(
          (octets) => {
            response.writeHead(200, {
              'Content-Type': `${type}; charset=utf-8`,
              'Content-Encoding': 'gzip',
              'Content-Length': octets.length,
              'Cache-Control': 'public, max-age=31536000, immutable',
              Vary: 'Accept-Encoding',
            });
            response.end(octets);
          },
          () => next(),
        );
      });
    },
  };
}
