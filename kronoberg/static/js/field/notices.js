// Says what the phone has to say, in words that stand in the page.

export function say(name, words = {}) {
  const template = document.querySelector(`template[data-notice="${name}"]`);
  const place = document.querySelector("[data-notices]");
  if (!template || !place) return null;
  hush(name);
  const notice = template.content.firstElementChild.cloneNode(true);
  notice.dataset.said = name;
  for (const [key, text] of Object.entries(words)) {
    notice.querySelector(`[data-${key}]`).textContent = text;
  }
  place.append(notice);
  return notice;
}

// Says that the page broke: an empty one would look like a phone on which nothing lies. The browser's
// own report of the fault goes on.
export function admit(fault) {
  say(fault.message === "locked" ? "taken" : "broken");
  throw fault;
}

export function hush(name) {
  document.querySelector(`[data-said="${name}"]`)?.remove();
}
