// Sends what is ready, one thing at a time, and keeps each thing until the server has it.
//
// A thing that fails stays and never stops the next. Sent twice is stored once: the form carries its
// own id. One tab sends at a time, and nothing is sent while it is being written on.

import * as vault from "./vault.js";

const PAUSES = [5, 15, 60, 300]; // seconds between rounds that did not get everything through
const RECEIPT_STAYS = 24 * 3600 * 1000;
const WAITS = ["ready", "sending", "login", "failing"];
let timer;
let rounds = 0;

// A round over everything that waits. What hindered it: "", "offline", "login", "other", "failing".
export function send() {
  return navigator.locks.request("kronoberg-outbox", async () => {
    clearTimeout(timer);
    const waiting = (await tidied()).filter((entry) => WAITS.includes(entry.state));
    if (!waiting.length) return "";
    const pass = await vault.ask();
    const trouble = pass.trouble ?? "";
    for (const { id } of waiting) {
      const isFree = { ifAvailable: true };
      await navigator.locks.request(`entry:${id}`, isFree, async (free) => {
        const entry = free && (await vault.get(id).catch(() => null));
        if (!entry || !WAITS.includes(entry.state)) return;
        if (trouble) await waits(entry, trouble);
        else await sendOne(entry, pass);
      }).catch(() => {}); // the phone was locked meanwhile: everything lies where it lay
    }
    const left = (await vault.list()).some((entry) => WAITS.includes(entry.state));
    // What the next form suggests has changed with what was received.
    if (!trouble && !left) await vault.ask();
    if (left) timer = setTimeout(send, 1000 * PAUSES[Math.min(rounds++, PAUSES.length - 1)]);
    else rounds = 0;
    return trouble;
  });
}

// Begins to send by itself: now, when the net is back, when somebody looks again, after a while.
export function keepSending() {
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || send());
  return send();
}

// Receipts say a number and nothing else, and go after a day. Everything else stays.
async function tidied() {
  const entries = await vault.list();
  const isOver = (entry) => entry.state === "received" && Date.now() - entry.at > RECEIPT_STAYS;
  for (const entry of entries.filter(isOver)) await vault.remove(entry.id);
  return entries;
}

async function waits(entry, trouble) {
  const state = { login: "login", failing: "failing", other: "login" }[trouble] ?? "ready";
  if (entry.state !== state) await vault.put({ ...entry, state });
}

async function sendOne(entry, pass) {
  const print = await fingerprint(entry.fields);
  // What was on its way the first time: the server may have taken it though no answer came.
  entry = { ...entry, state: "sending", sent: entry.sent ?? print };
  await vault.put(entry, pass.holder);
  let answer;
  try {
    answer = await post(entry, pass);
  } catch {
    return vault.put({ ...entry, state: "ready" }, pass.holder);
  }
  const type = answer.headers.get("content-type") ?? "";
  if (answer.ok && type.startsWith("application/json")) {
    return received(entry, await answer.json(), print, pass.holder);
  }
  if (answer.status === 422) return faulty(entry, await answer.text(), pass.holder);
  const state = { 401: "login", 408: "ready", 429: "ready" }[answer.status];
  const isTheirs = answer.status >= 500;
  return vault.put(
    { ...entry, state: state ?? (isTheirs ? "failing" : "refused"), status: answer.status }, pass.holder,
  );
}

function post(entry, pass) {
  return fetch(entry.action, {
    method: "POST",
    body: new URLSearchParams(entry.fields),
    headers: { "x-csrftoken": pass.token, "x-kronoberg-phone": pass.holder },
    redirect: "manual",
    signal: AbortSignal.timeout(30000),
  });
}

async function received(entry, receipt, print, holder) {
  const { id, title, begun } = entry;
  const kept = { id, title, begun, at: Date.now(), number: receipt.number, url: receipt.url };
  if (!receipt.is_new && entry.sent !== print) {
    return vault.put({ ...entry, ...kept, state: "differs" }, holder);
  }
  await vault.put({ ...kept, state: "received" }, holder);
  await vault.dropPage(id);
}

// The server's own page says what is wrong, at the fields; it is kept as the draft's new form.
async function faulty(entry, html, holder) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const form = page.querySelector("form[data-draft]");
  const faults = [...page.querySelectorAll(".faults li")].map((item) => item.textContent.trim());
  if (form) await vault.putPage(entry.id, pageOf(form), holder);
  // Nothing of it was taken, so whatever comes next is sent for the first time.
  await vault.put({ ...entry, state: "faulty", faults, sent: undefined }, holder);
}

// A form with its heading and its faults, without the token of the session that drew it.
export function pageOf(form) {
  const page = form.closest(".narrow").cloneNode(true);
  page.removeAttribute("data-view");
  for (const form of page.querySelectorAll("form")) {
    form.inert = false;
    delete form.dataset.kept;
    delete form.dataset.leaving;
  }
  page.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => field.remove());
  page.querySelectorAll("[style]").forEach((element) => element.removeAttribute("style"));
  return page.outerHTML;
}

async function fingerprint(fields) {
  const bytes = await crypto.subtle.digest(
    "SHA-256", new TextEncoder().encode(JSON.stringify(fields)));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
