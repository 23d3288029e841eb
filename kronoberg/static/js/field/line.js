// The line that always says what lies on the phone: how much, and whether it has been received.

import * as vault from "./vault.js";

const COUNTED = {
  writing: "draft", faulty: "mend", refused: "mend", differs: "mend", damaged: "mend",
  ready: "here", login: "here", failing: "here", sending: "sending", received: "received",
};

export async function draw() {
  const line = document.querySelector("[data-line]");
  if (!line) return;
  const counts = {};
  for (const entry of await vault.list()) {
    const name = COUNTED[entry.state];
    counts[name] = (counts[name] ?? 0) + 1;
  }
  for (const part of line.querySelectorAll("[data-count]")) {
    const count = counts[part.dataset.count] ?? 0;
    part.hidden = !count;
    part.querySelector("b").textContent = count;
    const word = part.querySelector("[data-one]");
    if (word) word.textContent = count === 1 ? word.dataset.one : word.dataset.many;
  }
  const isOffline = !navigator.onLine;
  line.querySelector("[data-net]").hidden = !isOffline;
  line.hidden = !isOffline && !Object.keys(counts).length;
}

export function keepDrawn() {
  vault.hear(draw);
  addEventListener("online", draw);
  addEventListener("offline", draw);
  return draw();
}
