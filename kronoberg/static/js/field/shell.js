// The shell: the page that the worker gives when the net does not. It shows the list of what lies on
// the phone, the empty form, or a draft that was begun, as the address says.

import * as draft from "./draft.js";
import * as line from "./line.js";
import * as list from "./list.js";
import { say } from "./notices.js";
import { keepSending } from "./outbox.js";
import { mention } from "./unfinished.js";
import * as vault from "./vault.js";

const LIST = "/falt/";
const NAMES_DRAFT = /^#[0-9a-f-]{36}$/;
const KEPT = "#sparad";
const view = (name) => document.querySelector(`[data-view="${name}"]`);
const emptyForm = view("form").querySelector("form");

export async function open() {
  if (!(await vault.held())) await vault.ask();
  const isOpen = Boolean(await vault.held());
  line.keepDrawn();
  if (!isOpen) {
    say("locked");
    return reveal("list");
  }
  vault.hear(() => list.draw());
  addEventListener("hashchange", () => {
    if (location.hash === KEPT || NAMES_DRAFT.test(location.hash)) location.reload();
  });
  await route();
  await keepSending();
  await sure();
}

// The key on the phone may be of somebody who was here before the login that the server knows of.
async function sure() {
  const { holder } = await vault.held() ?? {};
  const { holder: loggedIn = holder } = await vault.ask();
  if (loggedIn !== holder) location.reload();
}

async function route() {
  const entry = NAMES_DRAFT.test(location.hash) ? await vault.get(location.hash.slice(1)).catch(() => null) : null;
  if (entry && entry.state !== "received") {
    view("form").remove(); // two forms would share their names
    await draft.show(entry, null, view("draft"));
    return reveal("draft");
  }
  if (location.pathname === new URL(emptyForm.action).pathname) {
    await mention();
    await draft.suggest(emptyForm);
    await draft.write(emptyForm);
    return reveal("form");
  }
  if (location.hash === KEPT) say("kept");
  if (location.pathname !== LIST) say("offline");
  await list.draw();
  return reveal("list");
}

function reveal(name) {
  for (const each of document.querySelectorAll("[data-view]")) each.hidden = each.dataset.view !== name;
}
