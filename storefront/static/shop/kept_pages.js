// The service worker and the pages it keeps. A page without TLS has neither; it works, but only with a connection.

const PAGES_OF_MINE = ["/cart", "/card", "/coupons", "/points", "/credit", "/orders", "/me"];
const PAGES = /^pages-/;

export function registerWorker() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => {});
}

/** Let the worker fetch the shopper's own pages once, so that they open without a connection even if never seen. */
export async function keepPages(signed_in) {
  if (!signed_in || !("serviceWorker" in navigator)) return;
  const worker = await navigator.serviceWorker.ready;
  worker.active?.postMessage({ keep: PAGES_OF_MINE });
}

/** Forget all kept pages: they speak of another person, another language or another theme. */
export async function forgetPages() {
  if (!("caches" in globalThis)) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => PAGES.test(name)).map((name) => caches.delete(name)));
}
