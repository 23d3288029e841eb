// The first thing on every page of somebody who is logged in, and of the shell: whose phone is it now?

import { askBefore } from "./leaving.js";
import { admit, say } from "./notices.js";
import * as vault from "./vault.js";

const { holder, writes, shell, theme } = document.documentElement.dataset;
const isShell = shell !== undefined;

// Before anything is waited for: whoever is quick to log out is asked too.
if (writes !== undefined && !isShell) askBefore();

let shown = null; // whose drafts this page may show

// Another tab has handed the phone to somebody else, or locked it: nothing of the first stays in view.
vault.hear((news, isOwn) => {
  if (!("held" in news) || news.held === shown) return;
  if (shown === null && isShell && !isOwn) location.reload();
  else if (shown !== null) {
    for (const part of document.querySelectorAll("main > :not([data-notices])")) part.remove();
    say("taken");
  }
});

// A browser may refuse to keep anything: then every page goes as it would without a script.
const isRefused = await vault.held().then(() => false, () => true);

if (!isRefused) {
  const before = await vault.held();
  if (holder && before && before.holder !== holder) await vault.forget();
  shown = (await vault.held())?.holder ?? null;
}

if (!isRefused) await open().catch(admit);
else if (document.querySelector("form[data-draft]")) say("unsaved");

async function open() {
  if (isShell) return (await import("./shell.js")).open();
  if (writes === undefined) return;
  shown = holder;
  await (await import("./page.js")).open(holder);
  // Without a worker the page goes on as any does, until there is a net to fetch it with.
  await work().catch(() => {});
}

// The worker comes last: what it fetches must not stand in the way of the page.
async function work() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ theme });
  await navigator.storage.persist?.();
}
