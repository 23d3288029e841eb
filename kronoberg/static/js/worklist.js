// The work list: keys to move by, and a word when it has changed. Everything works without it.
"use strict";

const rows = [...document.querySelectorAll(".worklist__row")];
const keys = document.getElementById("tangenter");

const move = (by) => {
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (next) next.focus();
};

const tick = () => {
  const box = document.activeElement.closest("li")?.querySelector("[name=case]");
  if (box) box.checked = !box.checked;
};

// All of the page, or none when all are ticked already.
const boxes = [...document.querySelectorAll(".worklist__tick input")];
const tickAll = () => {
  const wanted = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = wanted;
};

const all = document.querySelector("[data-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("click", tickAll);
}

const doings = {
  j: () => move(1),
  k: () => move(-1),
  x: tick,
  a: tickAll,
  "/": () => document.getElementById("id_q").focus(),
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || !doings[event.key]) return;
  event.preventDefault();
  doings[event.key]();
});

// Is the list another by now? Asked as seldom as the server says: more seldom of a page that nobody
// looks at, whose tab still shows the count, and when no answer comes; no more once it is locked or
// logged out, and then the page says so.
const sign = document.querySelector("[data-list-state]");
const [news, stopped] = sign.querySelectorAll("a");
const title = document.title.replace(/^\(\d+\) /, "");
const STOPS = [401, 403, 423];
const MOST = 900;
let seconds = Number(sign.dataset.seconds);
let secondsAway = Number(sign.dataset.secondsAway);
let failed = 0;
let timer = 0;
let askedAt = Date.now();

const wait = () => (document.hidden ? secondsAway : seconds);

const later = (inSeconds) => {
  clearTimeout(timer);
  timer = setTimeout(ask, inSeconds * 1000);
};

const show = (now) => {
  failed = 0;
  ({ seconds, away: secondsAway } = now);
  document.title = now.overdue ? `(${now.overdue}) ${title}` : title;
  news.hidden = now.seen === sign.dataset.seen;
  later(wait());
};

async function ask() {
  askedAt = Date.now();
  let answer = null;
  try {
    answer = await fetch(sign.dataset.listState, { redirect: "manual" });
    if (answer.ok) return show(await answer.json());
  } catch {
    // No connection, or half an answer: asked again below.
  }
  if (answer?.type === "opaqueredirect" || STOPS.includes(answer?.status)) {
    document.removeEventListener("visibilitychange", lookAgain);
    news.hidden = true;
    stopped.hidden = false;
    return;
  }
  failed += 1;
  const wanted = Number(answer?.headers.get("Retry-After")) || 0;
  later(Math.max(wanted, Math.min(wait() * 2 ** failed, MOST)));
}

// Somebody is back: what is due by the shorter wait is asked at once, unless the server is in trouble.
function lookAgain() {
  if (!document.hidden && !failed) later(Math.max(0, seconds - (Date.now() - askedAt) / 1000));
}

document.addEventListener("visibilitychange", lookAgain);
later(wait());
