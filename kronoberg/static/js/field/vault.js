// What was written in the field, sealed in IndexedDB under its officer's key, until it is received.
//
// The phone is held by one officer at a time. The key comes from the server, can be used but not read
// out, and is forgotten when somebody else takes the phone, at logout, and when its hours are up. What
// is sealed stays: it opens again when the same officer logs in. Nothing is erased but by its officer.

const KEY_ADDRESS = "/falt/nyckel/";
const HOUR = 3600 * 1000;
const channel = new BroadcastChannel("kronoberg");
let opening;
let holding = null;

function database() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open("kronoberg", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("key", { keyPath: "slot" });
      for (const name of ["entries", "pages"]) {
        request.result.createObjectStore(name, { keyPath: "id" }).createIndex("holder", "holder");
      }
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opening;
}

// One transaction; the result of the request that `work` makes. Done means on the disk.
async function at(names, mode, work) {
  const transaction = (await database()).transaction(names, mode, { durability: "strict" });
  const request = work((name) => transaction.objectStore(name));
  await new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
  return request?.result;
}

// Who holds the phone ------------------------------------------------------------------------------

// Who the phone is open for: { holder, key, … }; null when it is locked.
export async function held() {
  if (holding && holding.until > Date.now()) return holding;
  const row = await at(["key"], "readonly", (store) => store("key").get("holder"));
  if (row && row.until <= Date.now()) return forget();
  holding = row ?? null;
  return holding;
}

// Asks the server who is logged in, and takes their key. What came: { token } and more, or
// { trouble }: "offline", "login" (nobody is logged in), "failing" or "other" (may not write here).
export async function ask() {
  let answer;
  try {
    answer = await fetch(KEY_ADDRESS, {
      headers: { accept: "application/json" }, redirect: "manual", cache: "no-store",
      signal: AbortSignal.timeout(15000),
    });
  } catch {
    return { trouble: "offline" };
  }
  // Redirected to the login, or (423) a screen that asks who it is.
  if (answer.type === "opaqueredirect" || [401, 423].includes(answer.status)) return { trouble: "login" };
  if (answer.status === 403) return { trouble: "other" };
  if (!answer.ok) return { trouble: "failing" };
  const given = await answer.json();
  await take(given);
  return given;
}

async function take(given) {
  const before = await held();
  const raw = Uint8Array.from(atob(given.key), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  raw.fill(0);
  const row = { slot: "holder", holder: given.holder, key, asked: Date.now() };
  row.until = row.asked + given.hours * HOUR;
  const known = { suggests: given.suggests, occasions: given.occasions };
  row.known = await seal(row, "known", "known", known);
  await at(["key"], "readwrite", (store) => store("key").put(row));
  holding = row;
  if (before?.holder !== row.holder) tell({ held: row.holder });
}

// Forgets the key, in every tab. The sealed drafts stay where they are.
export async function forget() {
  holding = null;
  await at(["key"], "readwrite", (store) => store("key").clear());
  tell({ held: null });
  return null;
}

// What the empty form suggests for whoever holds the phone.
export async function known() {
  const mine = await held();
  return mine ? unseal(mine, "known", "known", mine.known) : {};
}

// What lies here -----------------------------------------------------------------------------------

async function seal(mine, store, id, content) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(content));
  const bound = new TextEncoder().encode(`${mine.holder}:${store}:${id}`);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: bound }, mine.key, text,
  );
  return { iv, sealed };
}

async function unseal(mine, store, id, row) {
  const bound = new TextEncoder().encode(`${mine.holder}:${store}:${id}`);
  const text = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: row.iv, additionalData: bound }, mine.key, row.sealed,
  );
  return JSON.parse(new TextDecoder().decode(text));
}

async function mineOrNothing(holder) {
  const mine = await held();
  if (!mine || (holder && mine.holder !== holder)) throw new Error("locked");
  return mine;
}

// Keeps an entry, in place of what it was; `holder` is whoever began it.
export async function put(entry, holder) {
  const mine = await mineOrNothing(holder);
  const row = { id: entry.id, holder: mine.holder, ...(await seal(mine, "entries", entry.id, entry)) };
  await at(["entries"], "readwrite", (store) => store("entries").put(row));
  tell({ changed: entry.id });
}

export async function get(id) {
  const mine = await mineOrNothing();
  const row = await at(["entries"], "readonly", (store) => store("entries").get(id));
  return row?.holder === mine.holder ? unseal(mine, "entries", id, row) : null;
}

// Everything of whoever holds the phone, oldest first. Another officer's rows cannot be opened. What
// is damaged is named all the same: one bad thing hides none of the others.
export async function list() {
  const mine = await held();
  if (!mine) return [];
  const rows = await at(["entries"], "readonly", (store) =>
    store("entries").index("holder").getAll(mine.holder));
  const entries = await Promise.all(rows.map((row) => unseal(mine, "entries", row.id, row)
    .catch(() => ({ id: row.id, state: "damaged", begun: 0 }))));
  return entries.sort((one, other) => one.begun - other.begun);
}

// The form as it was drawn, kept beside the entry since it changes seldom.
export async function putPage(id, html, holder) {
  const mine = await mineOrNothing(holder);
  const row = { id, holder: mine.holder, ...(await seal(mine, "pages", id, html)) };
  await at(["pages"], "readwrite", (store) => store("pages").put(row));
}

export async function getPage(id) {
  const mine = await mineOrNothing();
  const row = await at(["pages"], "readonly", (store) => store("pages").get(id));
  return row?.holder === mine.holder ? unseal(mine, "pages", id, row) : null;
}

export async function dropPage(id) {
  await at(["pages"], "readwrite", (store) => store("pages").delete(id));
}

export async function remove(id) {
  await at(["entries", "pages"], "readwrite", (store) => {
    store("pages").delete(id);
    store("entries").delete(id);
  });
  tell({ changed: id });
}

// Between tabs -------------------------------------------------------------------------------------

const listeners = new Set();

function tell(news) {
  channel.postMessage(news);
  for (const listen of listeners) listen(news, true);
}

channel.addEventListener("message", ({ data }) => {
  if ("held" in data) holding = null;
  for (const listen of listeners) listen(data, false);
});

// Hears { changed: id } and { held: holder or null }, and whether this tab itself did it.
export function hear(listen) {
  listeners.add(listen);
}
