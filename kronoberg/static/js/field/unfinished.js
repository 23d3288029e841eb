// A draft that was begun is offered before a new one is.

import { say } from "./notices.js";
import * as vault from "./vault.js";

export async function mention() {
  const begun = (await vault.list()).findLast((entry) => entry.state === "writing");
  const notice = begun && say("unfinished", { which: begun.says || [begun.title, begun.about].filter(Boolean).join(" ") });
  if (notice) notice.querySelector("[data-open]").href = `/falt/#${begun.id}`;
}
