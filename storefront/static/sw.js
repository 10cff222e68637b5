// The service worker. The server writes VERSION (a hash of all content) and FILES before this text.
/* global VERSION, FILES */
const SHELL = `shell-${VERSION}`;
const PAGES = `pages-${VERSION}`;
const PICTURES = "pictures";
const OURS = new Set([SHELL, PAGES, PICTURES]);

const PAGES_MAX = 120;
const PICTURES_MAX = 600;
const FRESH_TIMEOUT_MS = 3000;

// Only these are ever kept. Answers of the hub, sockets, signing in and the manager's pages are not among them.
const CATALOGUE = /^\/($|departments\/|products\/|search$)/;
const OWN_PAGES = /^\/(cart|card|coupons|points|credit|orders|me)($|\/)/;
const PICTURE = /^\/products\/[^/]+\.svg$/;
const LASTING = /^\/(kit\/static\/[^/]+@|kit\/messages\/|icons\/)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    // Kept pages name the files of their own version, so they go with them.
    await Promise.all(names.filter((name) => !OURS.has(name)).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

async function put(name, request, response, most) {
  if (!response.ok || response.redirected || response.type !== "basic") return;
  const cache = await caches.open(name);
  await cache.put(request, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

async function fetched(name, request, most) {
  const response = await fetch(request);
  await put(name, request, response.clone(), most);
  return response;
}

const kept = (name, request) => caches.open(name).then((cache) => cache.match(request, { ignoreVary: true }));
const offline = () => caches.match("/offline", { ignoreVary: true });

const within = (ms) => new Promise((_, refuse) => { setTimeout(() => refuse(new Error("late")), ms); });

// What never changes under its address: from the cache, else fetched and kept.
async function lasting(request) {
  return (await kept(SHELL, request)) ?? fetched(SHELL, request, Infinity);
}

// The catalogue: what was seen at once, and a newer copy for the next time.
async function seenFirst(event, name, most) {
  const found = await kept(name, event.request);
  const newer = fetched(name, event.request, most);
  if (!found) return event.request.mode === "navigate" ? newer.catch(offline) : newer;
  event.waitUntil(newer.catch(() => {}));
  return found;
}

// A shopper's own pages: fresh, or the kept one where the network does not answer soon.
async function freshFirst(event) {
  const newer = fetched(PAGES, event.request, PAGES_MAX);
  event.waitUntil(newer.catch(() => {}));
  try {
    return await Promise.race([newer, within(FRESH_TIMEOUT_MS)]);
  } catch {
    return (await kept(PAGES, event.request)) ?? newer.catch(offline);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const { pathname } = address;
  if (LASTING.test(pathname)) event.respondWith(lasting(request));
  else if (PICTURE.test(pathname)) event.respondWith(seenFirst(event, PICTURES, PICTURES_MAX));
  else if (request.mode !== "navigate") return;
  else if (CATALOGUE.test(pathname)) event.respondWith(seenFirst(event, PAGES, PAGES_MAX));
  else if (OWN_PAGES.test(pathname)) event.respondWith(freshFirst(event));
});

self.addEventListener("message", (event) => {
  const wanted = (event.data?.keep ?? []).filter((path) => OWN_PAGES.test(path));
  event.waitUntil(Promise.all(wanted.map(async (path) => {
    if (!await kept(PAGES, path)) await fetched(PAGES, path, PAGES_MAX).catch(() => {});
  })));
});
