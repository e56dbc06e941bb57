// Makes the built page usable offline: a service worker that keeps every file of the build. Its name for them changes with the build,
// so a new build is taken over whole. The one before is kept beside it: a page that is still open needs its files.
import { createHash } from 'node:crypto';

const worker = (
  version,
  files,
) => `// Keeps the files of this build, and answers with them; what is not among them goes to the network.
const KEPT = 'hopscope-${version}';
const FILES = ${JSON.stringify(files)};
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => {
  // Names come in the order in which they were made.
  const others = (names) => names.filter((name) => name.startsWith('hopscope-') && name !== KEPT);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(others(names).slice(0, -1).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  const own = (wanted, options) => caches.open(KEPT).then((kept) => kept.match(wanted, options));
  // The page itself is asked for anew, so that a new build is seen; offline, the kept one answers.
  event.respondWith(
    request.mode === 'navigate'
      ? fetch(request).catch(() => own('./', { ignoreSearch: true }))
      : own(request, { ignoreVary: true })
          .then((kept) => kept ?? caches.match(request, { ignoreVary: true }))
          .then((kept) => kept ?? fetch(request)),
  );
});
`;

/** A plugin of vite: writes sw.js beside the page. */
export function offline() {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      // The last: chunks of which nothing is left are gone by then, and one file that is missing would have none kept.
      order: 'post',
      handler(_options, bundle) {
        const files = Object.keys(bundle).filter((name) => !name.endsWith('.map') && name !== 'index.html');
        const all = [
          './',
          './icon.svg',
          './manifest.webmanifest',
          ...files.map((name) => `./${name}`),
        ].toSorted();
        const version = createHash('sha256').update(all.join('\n')).digest('hex').slice(0, 12);
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: worker(version, all) });
      },
    },
  };
}
