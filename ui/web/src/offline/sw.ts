// Keeps the page itself on the panel, so that it starts while the gateway is away. Data never pass through here: what was judged, and the
// queue last seen, are the page's own business.

declare const SHELL: readonly string[]; // every file of this build, "/" for the page
declare const BUILD: string;

/** The worker's own scope; the compiler's words for it are those of all workers. */
const scope = self as unknown as ServiceWorkerGlobalScope;
const cacheName = `edgelabel-${BUILD}`;
const patience = 3000; // ms that the gateway has to give the page before the kept one is shown

scope.addEventListener("install", (e: ExtendableEvent) => {
  e.waitUntil(caches.open(cacheName).then((c) => c.addAll([...SHELL])).then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (e: ExtendableEvent) => {
  const old = async (): Promise<void> => {
    for (const name of await caches.keys()) if (name.startsWith("edgelabel-") && name !== cacheName) await caches.delete(name);
    await scope.clients.claim();
  };
  e.waitUntil(old());
});

scope.addEventListener("fetch", (e: FetchEvent) => {
  const { request } = e;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.location.origin) return;
  if (request.mode === "navigate" && !url.pathname.startsWith("/api/")) e.respondWith(page(request));
  else if (SHELL.includes(url.pathname)) e.respondWith(kept(url.pathname).then((r) => r ?? fetch(request)));
});

/** The gateway's page, which may be newer, else the kept one. */
async function page(request: Request): Promise<Response> {
  const fallback = await kept("/");
  if (!fallback) return fetch(request);
  try {
    const fresh = await fetch(request.url, { signal: AbortSignal.timeout(patience), credentials: "same-origin" });
    return fresh.ok ? fresh : fallback;
  } catch {
    return fallback;
  }
}

const kept = (path: string): Promise<Response | undefined> => caches.open(cacheName).then((c) => c.match(path));
