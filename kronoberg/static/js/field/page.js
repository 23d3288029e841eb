// A page of the server, for somebody who writes in the field: it opens the phone's drafts for them,
// sends what waits, and keeps the forms on it.

import * as draft from "./draft.js";
import * as line from "./line.js";
import { keepSending } from "./outbox.js";
import { mention } from "./unfinished.js";
import * as vault from "./vault.js";

const AGAIN = 3600 * 1000;

export async function open(holder) {
  const mine = await vault.held();
  if (mine?.holder !== holder || Date.now() - mine.asked > AGAIN) await vault.ask();
  line.keepDrawn();
  const form = document.querySelector("form[data-draft]");
  if (form) {
    await mention();
    await draft.write(form);
  }
  await keepSending();
}
