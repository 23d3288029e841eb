// The service worker: keeps the shell and what it is drawn with, and nothing else. No page of a case
// is ever kept. `KEPT` is written before this text by the view: version, addresses, files.

const CACHE = `shell-${KEPT.version}`;
const LOOK = "look";
const PATIENCE = 3000; // ms before the form opens from the phone instead
const ANY = { ignoreVary: true, ignoreSearch: true };

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // Without cookies: what is kept is the same for everybody.
    const asNobody = (address) => new Request(address, { credentials: "omit", cache: "reload" });
    await cache.addAll([KEPT.shell, ...KEPT.files].map(asNobody));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name !== CACHE && name !== LOOK);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (!["system", "light", "dark", "natt"].includes(event.data.theme)) return;
  event.waitUntil((async () => (await caches.open(LOOK)).put("/theme", new Response(event.data.theme)))());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, address.pathname));
  else if (KEPT.files.includes(address.pathname)) event.respondWith(file(request));
});

async function page(request, path) {
  if (path === KEPT.shell) return shell();
  const hurries = path === KEPT.form;
  try {
    const answer = await Promise.race([fetch(request), ...(hurries ? [tooSlow()] : [])]);
    if (hurries && answer.status >= 500) return await shell();
    // A gateway that stands before a server that does not.
    return [502, 503, 504].includes(answer.status) ? await shell() : answer;
  } catch {
    return shell();
  }
}

function tooSlow() {
  return new Promise((_, failed) => { setTimeout(() => failed(new Error("slow")), PATIENCE); });
}

async function file(request) {
  return (await caches.match(request, { ...ANY, cacheName: CACHE })) ?? fetch(request);
}

// The shell in the look that was chosen, from the first paint on.
async function shell() {
  const kept = await caches.match(KEPT.shell, { ...ANY, cacheName: CACHE });
  const theme = await (await caches.match("/theme", { cacheName: LOOK }))?.text();
  if (!kept) return fetch(KEPT.shell);
  if (!theme || theme === "system") return kept;
  const scheme = theme === "light" ? "light" : "dark";
  const html = (await kept.text())
    .replace('data-theme="system"', `data-theme="${theme}"`)
    .replace('content="light dark"', `content="${scheme}"`);
  const headers = new Headers(kept.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(html, { headers });
}
