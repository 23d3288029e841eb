// The little a page needs beyond HTML. Everything works without it.
"use strict";

// A fault is read at once, also where the browser ignores autofocus on a heading.
const faults = document.querySelector(".faults");
if (faults) faults.focus();

// A form leaves once, however impatient the thumb.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

// Coming back with the browser's arrow wakes the form again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
});

// The menu closes on Escape and when the eye has moved on.
document.addEventListener("keydown", (event) => {
  const open = document.querySelector(".menu[open]");
  if (event.key === "Escape" && open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  const open = document.querySelector(".menu[open]");
  if (open && !open.contains(event.target)) open.open = false;
});
