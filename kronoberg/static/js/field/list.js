// The list of what lies on the phone, each thing with where it is in plain words and what can be done.

import { send } from "./outbox.js";
import * as vault from "./vault.js";

const OLD = 72 * 3600 * 1000;
const BUTTONS = {
  writing: ["open", "remove"], ready: ["again", "open"], login: ["login", "open"],
  failing: ["again", "open"], sending: [], faulty: ["open", "remove"],
  refused: ["again", "open", "remove"], differs: ["open", "remove"], damaged: ["remove"], received: ["remove"],
};

export async function draw() {
  const entries = (await vault.list()).reverse();
  const place = document.querySelector("[data-list]");
  if (!place) return; // taken out of view: the phone is somebody else's now
  place.replaceChildren(...entries.map(row));
  document.querySelector("[data-empty]").hidden = entries.length > 0 || !(await vault.held());
}

function row(entry) {
  const item = copy("[data-row]").firstElementChild;
  item.dataset.entry = entry.id;
  item.querySelector("[data-title]").textContent = entry.title
    ?? copy("[data-untitled]").textContent;
  // Of two youths the same step may lie here: the case's number tells them apart.
  item.querySelector("[data-when]").textContent = [entry.about, entry.says || (entry.begun && moment(entry.begun))]
    .filter(Boolean).join(" · ");
  const state = item.querySelector("[data-state]");
  state.dataset.state = entry.state;
  state.append(copy(`[data-state-of="${entry.state}"]`));
  const number = state.querySelector("[data-number]");
  if (number) Object.assign(number, { textContent: entry.number, href: entry.url });
  const faults = item.querySelector("[data-faults]");
  faults.hidden = entry.state !== "faulty";
  for (const text of entry.state === "faulty" ? entry.faults : []) {
    faults.append(Object.assign(document.createElement("li"), { textContent: text }));
  }
  if (entry.begun && entry.state !== "received" && Date.now() - entry.begun > OLD) {
    const old = document.createElement("p");
    old.className = "kept__state";
    old.append(copy("[data-old]"));
    state.after(old);
  }
  item.querySelector("[data-buttons]").append(...BUTTONS[entry.state].map((name) => button(name, entry)));
  return item;
}

function button(name, entry) {
  const drawn = copy(`[data-button="${name}"]`).firstElementChild;
  if (name === "open") drawn.href = `#${entry.id}`;
  if (name === "again") drawn.addEventListener("click", () => again(entry));
  if (name === "remove") drawn.addEventListener("click", () => remove(drawn, entry));
  return drawn;
}

async function again(entry) {
  await vault.put({ ...entry, state: "ready" });
  await send();
}

// What has not been received is not taken away by one slip of the thumb.
function remove(drawn, entry) {
  if (entry.state === "received") return vault.remove(entry.id);
  const sure = copy('[data-button="sure"]').firstElementChild;
  sure.addEventListener("click", () => vault.remove(entry.id));
  drawn.replaceWith(sure);
  return sure.focus();
}

function copy(selector) {
  return document.querySelector(`template${selector}`).content.cloneNode(true);
}

function moment(time) {
  const date = new Date(time);
  return `${date.toLocaleDateString("sv-SE")} ${date.toTimeString().slice(0, 5)}`;
}
