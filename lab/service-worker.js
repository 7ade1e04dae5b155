/**
 * Keeps the page for when there is no network, and isolates it, so that memory can be shared between threads where
 * its host sends no such headers. The build puts `files` and `version` before this text.
 */
const name = `undertone-${version}`;
const base = new URL('./', self.location.href).href;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(name)
      .then((cache) => cache.addAll(files))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const isOld = (key) => key.startsWith('undertone-') && key !== name;
  event.waitUntil(
    caches
      .keys()
      .then((keys) => Promise.all(keys.filter(isOld).map((key) => caches.delete(key))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(base)) return;
  event.respondWith(answer(request));
});

/** Files with a hash in their name never change; of the others the network's version is the newer one. */
async function answer(request) {
  const cache = await caches.open(name);
  const kept = () => cache.match(request, { ignoreSearch: true });
  const isNamedByHash = new URL(request.url).pathname.includes('/assets/');
  const first = isNamedByHash ? await kept() : undefined;
  const response = first ?? (await fetch(request).catch(kept));
  return response === undefined ? Response.error() : isolated(response);
}

function isolated(response) {
  if (response.type === 'opaque' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
