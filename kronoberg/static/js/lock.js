// Locks the page when nobody has touched it for a while. What is written goes sealed to the server
// and out of the page; it is put back when its author has unlocked. Without an answer from the
// server the page is covered, and asked about again every few seconds.
"use strict";

const minutes = Number(document.body.dataset.idle);
const cover = document.getElementById("lock");
const SECRET = ["password", "file", "submit", "button", "image", "reset"];

const fields = (form) => [...form.elements].filter((field) =>
  field.name && field.name !== "csrfmiddlewaretoken" && !SECRET.includes(field.type));

const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

const isChanged = (field) => {
  if (isTicked(field)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected);
  return field.type !== "hidden" && field.value !== field.defaultValue;
};

const stateOf = (field) => isTicked(field) ? field.checked
  : field.options ? [...field.options].filter((each) => each.selected).map((each) => each.value) : null;

// A form that somebody has written in, whole: also the hidden facts that it was drawn with.
const written = (main) => [...main.querySelectorAll("form")].flatMap((form, number) =>
  "posted" in document.body.dataset || fields(form).some(isChanged)
    ? fields(form).map((field) => [number, field.name, field.value, stateOf(field)]) : []);

const putBack = (main, rows) => {
  const forms = [...main.querySelectorAll("form")];
  const taken = new Map();
  for (const [number, name, value, state] of rows) {
    const same = fields(forms[number] ?? document.createElement("form")).filter((each) => each.name === name);
    const at = `${number} ${name}`;
    const field = typeof state === "boolean" ? same.find((each) => each.value === value) : same[taken.get(at) ?? 0];
    taken.set(at, (taken.get(at) ?? 0) + 1);
    if (!field) continue;
    if (typeof state === "boolean") field.checked = state;
    else if (state) for (const each of field.options ?? []) each.selected = state.includes(each.value);
    else field.value = value;
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  }
};

if (minutes && cover) {
  const main = document.querySelector("main");
  const kept = JSON.parse(document.getElementById("typed")?.textContent ?? "null");
  if (kept) putBack(main, kept);
  document.getElementById("typed")?.remove();

  const page = [main, document.querySelector("header.top")];
  let hidden = null;
  let touched = Date.now();
  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(kind, () => { if (!hidden) touched = Date.now(); }, { passive: true });
  }

  const coverUp = () => {
    if (hidden) return;
    hidden = page.map((part) => [...part.childNodes]);
    for (const part of page) part.replaceChildren();
    cover.hidden = false;
    document.getElementById("last").focus();
  };
  const uncover = () => {
    if (hidden) page.forEach((part, number) => part.replaceChildren(...hidden[number]));
    hidden = null;
    cover.hidden = true;
    touched = Date.now();
  };

  const lock = async () => {
    if (hidden) page.forEach((part, number) => part.replaceChildren(...hidden[number]));
    const rows = written(main);
    if (hidden) for (const part of page) part.replaceChildren();
    const asked = new FormData();
    asked.set("page", location.pathname);
    if (rows.length) asked.set("typed", JSON.stringify(rows));
    let answer = null;
    try {
      const token = JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
      answer = await fetch(document.body.dataset.keep, {
        method: "POST", body: asked, redirect: "manual", headers: { "x-csrftoken": token },
      });
    } catch {
      // No connection: covered below.
    }
    if (answer?.type === "opaqueredirect") return location.replace(location.pathname);
    if (!answer?.ok) return coverUp();
    if (!(await answer.json()).locked) return uncover();
    for (const part of page) part.replaceChildren();
    hidden = null;
    location.replace(location.pathname + location.search);
  };

  let isAsking = false;
  setInterval(async () => {
    if (isAsking || Date.now() - touched <= minutes * 60_000) return;
    isAsking = true;
    await lock();
    isAsking = false;
  }, 5_000);
}
