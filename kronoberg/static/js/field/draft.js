// The form while it is written: each change is sealed on the phone at once, and a form that is sent
// goes by the outbox, so that it does not matter when the net, the page or the phone goes away.

import { admit, hush, say } from "./notices.js";
import { pageOf, send } from "./outbox.js";
import * as vault from "./vault.js";

const LIST = "/falt/";
const PATIENCE = 8000; // ms with the page before the officer is let on; the sending goes on
const SAME_SHIFT = 6 * 3600 * 1000; // as in cases/passes.py
const HOME = "home"; // somebody's home is not where the next youth is met
let release = () => {};

// Begins to keep a form. `entry` is what was kept of it before, if anything.
export async function write(form, entry = null) {
  // A form without an address goes to the page that first drew it.
  form.setAttribute("action", entry?.action ?? new URL(form.action).pathname);
  const draft = { form, entry, id: entry?.id ?? form.elements.request_id?.value };
  form.addEventListener("submit", (event) => submitted(event, draft));
  draft.ready = begin(draft);
  await draft.ready;
}

async function begin(draft) {
  const mine = await vault.held();
  if (!mine || !draft.id || !(await alone(draft))) return;
  draft.holder = mine.holder;
  const changed = () => keep(draft);
  draft.form.addEventListener("input", changed);
  draft.form.addEventListener("change", changed);
  draft.form.dataset.kept = "";
  // Somebody may have begun before this script had come.
  if (!draft.entry && [...draft.form.elements].some(isWritten)) await keep(draft);
}

// Only one tab writes on a draft; another waits, and begins anew with what the first one left.
async function alone(draft) {
  const name = `entry:${draft.id}`;
  const isMine = await lock(name, { ifAvailable: true });
  if (isMine) return true;
  draft.form.inert = true;
  say("busy");
  await lock(name, {});
  location.reload();
  return false;
}

function lock(name, options) {
  return new Promise((answer) => {
    navigator.locks.request(name, options, (got) => {
      answer(Boolean(got));
      return got && new Promise((done) => { release = done; });
    });
  });
}

// Keeping ------------------------------------------------------------------------------------------

// One writing at a time; what changes meanwhile is written right after. `data-kept` says whether
// every word is on the disk, or will be soon.
async function keep(draft) {
  draft.form.dataset.kept = "soon";
  if (draft.saving) {
    draft.isStale = true;
    return draft.saving;
  }
  draft.saving = (async () => {
    do {
      draft.isStale = false;
      await seal(draft);
    } while (draft.isStale);
  })();
  try {
    await draft.saving;
    draft.form.dataset.kept = "";
    hush("unsaved");
    return true;
  } catch {
    say("unsaved");
    return false;
  } finally {
    draft.saving = null;
  }
}

async function seal(draft, state = "writing", button = null) {
  const { form, id, holder } = draft;
  const isFirst = !draft.entry;
  const says = form.dataset.says?.split(" ").map((name) => form.elements[name]?.value) ?? [];
  draft.entry = {
    begun: Date.now(), title: titleOf(form), ...draft.entry,
    about: form.dataset.about, id, action: form.getAttribute("action"), fields: fieldsOf(form, button), state, changed: Date.now(),
    says: says.filter(Boolean).map((text) => text.replace(/^([\d-]{10})T/, "$1 ")).join(" · "),
  };
  // The page first: an entry is never without the form to show it in.
  if (isFirst) await vault.putPage(id, pageOf(form), holder);
  await vault.put(draft.entry, holder);
  // Loading the page anew brings back this draft, not an empty form.
  if (isFirst && navigator.serviceWorker?.controller) history.replaceState(null, "", `${LIST}#${id}`);
}

function titleOf(form) {
  return form.closest(".narrow")?.querySelector("h1")?.textContent.trim() ?? "";
}

function fieldsOf(form, button) {
  const fields = [...new FormData(form), ...(button?.name ? [[button.name, button.value]] : [])];
  return fields.filter(
    ([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
}

// Sending ------------------------------------------------------------------------------------------

async function submitted(event, draft) {
  if (event.submitter?.name === "add") {
    stop(event);
    return addCard(draft);
  }
  if (draft.isPlain) return;
  stop(event);
  if ("leaving" in draft.form.dataset) return;
  draft.form.dataset.leaving = "";
  event.submitter?.setAttribute("aria-disabled", "true");
  await draft.ready;
  if (!draft.holder) return void goPlainly(draft, event.submitter);
  await draft.saving?.catch(() => {}); // said already, and tried once more here
  try {
    await seal(draft, "ready", event.submitter);
  } catch (fault) {
    if (fault.message === "locked") return void say("taken");
    return void goPlainly(draft, event.submitter);
  }
  release();
  await Promise.race([send(), new Promise((done) => { setTimeout(done, PATIENCE); })]);
  await goOn(draft.id).catch(admit);
}

// Nothing to keep it in: it goes as any page does. A browser takes no submit inside a submit.
async function goPlainly(draft, button) {
  draft.isPlain = true;
  await new Promise((later) => { setTimeout(later); });
  button?.removeAttribute("aria-disabled");
  delete draft.form.dataset.leaving;
  draft.form.requestSubmit(button);
}

async function goOn(id) {
  const entry = await vault.get(id);
  if (entry?.state === "received") location.assign(entry.url);
  else if (entry?.state === "faulty") await show(entry, document.querySelector("form[data-draft]"));
  else {
    // The address may be the list's already, but for the part that loads nothing.
    history.replaceState(null, "", `${LIST}#sparad`);
    location.reload();
  }
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

// Drawing ------------------------------------------------------------------------------------------

// Puts a kept draft where `form` stands (or in `place`), with everything written in it.
export async function show(entry, form, place = null) {
  const html = await vault.getPage(entry.id);
  const page = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  if (place) place.replaceChildren(page);
  else form.closest(".narrow").replaceWith(page);
  const shown = page.querySelector("form[data-draft]");
  fill(shown, entry.fields);
  page.addEventListener("click", leadTo);
  document.title = `${entry.state === "faulty" ? "Fel: " : ""}${titleOf(shown)} – Kronoberg`;
  (page.querySelector(".faults") ?? page.querySelector("h1")).focus();
  await write(shown, entry);
}

// A link to a fault or a youth leads there; the address goes on naming the draft.
function leadTo(event) {
  const link = event.target.closest('a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const part = target.closest("details");
  if (part) part.open = true;
  target.scrollIntoView();
  target.focus();
}

function fill(form, fields) {
  const total = fields.find(([name]) => name.endsWith("-TOTAL_FORMS"));
  while (total && Number(form.elements[total[0]].value) < Number(total[1])) copyCard(form);
  const given = grouped(fields);
  for (const control of form.elements) {
    const values = given.get(control.name)?.map(([, value]) => value);
    if (control.type === "radio" || control.type === "checkbox") {
      control.checked = values?.includes(control.value) ?? false;
    } else if (values && control.type !== "submit") {
      [control.value] = values;
    }
  }
  for (const part of form.querySelectorAll("details")) part.open ||= [...form.elements].some(
    (control) => part.contains(control) && isWritten(control));
}

function grouped(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field[0], [...(groups.get(field[0]) ?? []), field]);
  return groups;
}

function isWritten(control) {
  // Where no option is named as chosen, a browser chooses the first: nobody has written that.
  if (control.type === "select-one") return control.selectedIndex > 0
    ? !control.options[control.selectedIndex].defaultSelected
    : [...control.options].some((option, at) => at && option.defaultSelected);
  if (control.type === "radio" || control.type === "checkbox") return control.checked !== control.defaultChecked;
  return "defaultValue" in control && control.value !== control.defaultValue;
}

// One more youth, without asking the server for a card.
async function addCard(draft) {
  const card = copyCard(draft.form);
  if (!card) return;
  const heading = card.querySelector("h2");
  heading.tabIndex = -1;
  heading.focus();
  if (draft.holder && (await keep(draft))) await vault.putPage(draft.id, pageOf(draft.form), draft.holder);
}

function copyCard(form) {
  const blank = form.querySelector("template[data-card]");
  const total = form.querySelector('[name$="-TOTAL_FORMS"]');
  const number = Number(total.value);
  if (number >= Number(form.dataset.draft)) return null;
  const html = blank.innerHTML.replaceAll("__prefix__", number).replaceAll("__number__", number + 1);
  blank.before(new DOMParser().parseFromString(html, "text/html").body.firstElementChild);
  total.value = total.defaultValue = number + 1;
  return blank.previousElementSibling;
}

// The empty form as the server would have suggested it.
export async function suggest(form) {
  const { suggests, occasions } = await vault.known();
  const now = new Date();
  const evening = localDay(new Date(now - 6 * 3600 * 1000));
  preset(form, "request_id", crypto.randomUUID());
  preset(form, "started_at", `${localDay(now)}T${now.toTimeString().slice(0, 5)}`);
  const choices = form.elements.patrol_pass;
  for (const [value, label] of suggests.passes) choices.add(new Option(label, value));
  const places = suggests.places.map((place) => new Option("", place));
  form.querySelector("datalist").replaceChildren(...places);
  const values = { occasion: occasions[evening], ...await lastPlace(form, suggests), ...suggests.values };
  for (const [name, value] of Object.entries(values)) if (value) preset(form, name, value);
}

// Where the last stop of the shift was: the server's word, or a stop that still lies on the phone.
async function lastPlace(form, suggests) {
  const here = (await vault.list())
    .filter(({ action, fields }) => fields && action === new URL(form.action).pathname)
    .map(({ fields }) => Object.fromEntries(fields))
    .map(({ place, place_type, started_at }) => ({ place, place_type, at: Date.parse(started_at) }));
  // The newest; of the same minute the one that was begun last.
  const recent = [...here.reverse(), suggests.last].filter((stop) => stop?.place_type
    && stop.place_type !== HOME && Math.abs(Date.now() - stop.at) < SAME_SHIFT);
  const { place, place_type } = recent.sort((one, other) => other.at - one.at)[0] ?? {};
  return { place, place_type };
}

function localDay(moment) {
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

function preset(form, name, value) {
  const found = form.elements[name];
  for (const control of found instanceof RadioNodeList ? found : [found]) {
    if (!control) continue;
    const option = control.options && [...control.options].find((each) => each.value === value);
    if (option) {
      for (const each of control.options) each.defaultSelected = each === option;
      option.selected = true;
    }
    else if (control.type === "radio") control.checked = control.defaultChecked = control.value === value;
    else if (!control.options) control.value = control.defaultValue = value;
  }
}
