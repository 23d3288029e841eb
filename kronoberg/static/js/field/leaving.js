// Asks before the phone is left with something unsent, and takes its key away.

import { say } from "./notices.js";
import * as vault from "./vault.js";

export function askBefore() {
  for (const form of document.querySelectorAll("form[data-logout]")) {
    form.addEventListener("submit", (event) => leave(event, form));
  }
}

async function leave(event, form) {
  event.preventDefault();
  event.stopPropagation();
  const unsent = (await vault.list().catch(() => [])).filter((entry) => entry.state !== "received").length;
  if (unsent) {
    const notice = say("leaving", { which: unsent === 1 ? "En sak" : `${unsent} saker` });
    for (const menu of document.querySelectorAll(".menu[open]")) menu.open = false; // it lies over the notice
    notice.querySelector("[data-leave]").addEventListener("click", () => go(form));
    notice.querySelector("[data-leave]").focus();
  } else {
    await go(form);
  }
}

async function go(form) {
  await vault.forget().catch(() => {}); // nothing is kept where nothing may be
  form.submit();
}
